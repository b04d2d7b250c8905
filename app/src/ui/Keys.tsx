import { StyleSheet, View } from 'react-native';

import { themed } from '@/theme/theme';

import { Text } from './Text';

/** What people call Ctrl or ⌘, by their machine. */
export const modKey = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl';

/** Draws keys: those pressed together are joined by +, those pressed one after the other by a space. */
export function Keys({ keys }: { keys: string }) {
  const styles = useStyles();
  return (
    <View style={styles.keys}>
      {keys.split(' ').map((key) => (
        <View key={key} style={styles.key}>
          <Text variant="caption" strong tone="muted">
            {key}
          </Text>
        </View>
      ))}
    </View>
  );
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    keys: { flexDirection: 'row', gap: space.xs },
    key: {
      minWidth: 24,
      height: 24,
      paddingHorizontal: 6,
      alignItems: 'center',
      justifyContent: 'center',
      borderRadius: 4,
      borderWidth: 1,
      borderColor: colors.divider,
      backgroundColor: colors.background,
    },
  }),
);
