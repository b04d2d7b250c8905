import type { ReactNode } from 'react';
import { View, type StyleProp, type ViewStyle } from 'react-native';

import { space } from '@/theme/tokens';

type Gap = keyof typeof space | number;

type Props = {
  /** A name or a number of the space scale. */
  gap?: Gap;
  align?: ViewStyle['alignItems'];
  justify?: ViewStyle['justifyContent'];
  style?: StyleProp<ViewStyle>;
  testID?: string;
  children?: ReactNode;
};

const gapOf = (gap: Gap) => (typeof gap === 'number' ? gap : space[gap]);

export function Row({ gap = 's', wrap, align = 'center', justify, style, testID, children }: Props & { wrap?: boolean }) {
  return (
    <View
      testID={testID}
      style={[{ flexDirection: 'row', flexWrap: wrap ? 'wrap' : 'nowrap', gap: gapOf(gap), alignItems: align, justifyContent: justify }, style]}
    >
      {children}
    </View>
  );
}

export function Column({ gap = 's', align, justify, style, testID, children }: Props) {
  return (
    <View testID={testID} style={[{ gap: gapOf(gap), alignItems: align, justifyContent: justify }, style]}>
      {children}
    </View>
  );
}
