import type { ReactNode } from 'react';
import { StyleSheet, View, type StyleProp, type ViewStyle } from 'react-native';

import { themed } from '@/theme/theme';

import { Press } from './Press';
import { Text } from './Text';

type Props = {
  title?: string;
  /** At the right of the title. */
  action?: ReactNode;
  /** Makes the whole card a link. */
  href?: string;
  padded?: boolean;
  style?: StyleProp<ViewStyle>;
  testID?: string;
  children?: ReactNode;
};

export function Card({ title, action, href, padded = true, style, testID, children }: Props) {
  const styles = useStyles();
  const content = (
    <>
      {title || action ? (
        <View style={[styles.head, !padded && styles.headAlone]}>
          <View style={styles.title}>
            {title ? (
              <Text variant="section" heading={2} lines={1}>
                {title}
              </Text>
            ) : null}
          </View>
          {action}
        </View>
      ) : null}
      {children}
    </>
  );
  const box = [styles.card, padded && styles.padded, style];
  if (href) {
    return (
      <Press href={href} style={box} testID={testID}>
        {content}
      </Press>
    );
  }
  return (
    <View style={box} testID={testID}>
      {content}
    </View>
  );
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    card: {
      backgroundColor: colors.surface,
      borderWidth: 1,
      borderColor: colors.divider,
      borderRadius: radius.card,
      gap: space.m,
    },
    padded: { padding: space.l },
    head: { flexDirection: 'row', alignItems: 'center', gap: space.s, minHeight: 28 },
    headAlone: { paddingHorizontal: space.l, paddingTop: space.l },
    title: { flex: 1, minWidth: 0 },
  }),
);
