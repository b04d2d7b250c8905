import type { ReactNode } from 'react';
import { Text as NativeText, type StyleProp, type TextStyle } from 'react-native';

import { useTheme } from '@/theme/theme';
import { webFont, type TextVariant } from '@/theme/tokens';

import { isWeb, web } from './web';

export type TextTone = 'text' | 'muted' | 'primary' | 'danger' | 'warning' | 'success' | 'onPrimary';

type Props = {
  variant?: TextVariant;
  tone?: TextTone;
  strong?: boolean;
  /** Digits of one width, for figures below each other. */
  tabular?: boolean;
  /** Cuts the text after so many lines. */
  lines?: number;
  heading?: 1 | 2 | 3;
  selectable?: boolean;
  id?: string;
  testID?: string;
  role?: 'alert' | 'status' | 'columnheader';
  style?: StyleProp<TextStyle>;
  children: ReactNode;
};

export function Text({ variant = 'body', tone = 'text', strong, tabular, lines, heading, selectable, id, testID, role, style, children }: Props) {
  const { colors, type } = useTheme();
  return (
    <NativeText
      role={heading ? 'heading' : role}
      {...web({ 'aria-level': heading, id })}
      testID={testID}
      numberOfLines={lines}
      selectable={selectable}
      style={[
        base,
        type[variant],
        { color: colors[tone] },
        strong && { fontWeight: '600' },
        tabular && { fontVariant: ['tabular-nums'] },
        style,
      ]}
    >
      {children}
    </NativeText>
  );
}

const base: TextStyle = isWeb ? { fontFamily: webFont, overflowWrap: 'anywhere' } as TextStyle : {};
