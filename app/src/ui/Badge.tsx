import { StyleSheet, View } from 'react-native';

import { themed } from '@/theme/theme';

import { Text } from './Text';

/** A small count on a corner. It is decoration: say the number in the label of what carries it. */
export function Badge({ count }: { count: number }) {
  const styles = useStyles();
  if (count <= 0) return null;
  return (
    <View style={styles.badge} aria-hidden>
      <Text variant="caption" tabular lines={1} style={styles.text}>
        {count > 99 ? '99+' : count}
      </Text>
    </View>
  );
}

const useStyles = themed(({ colors, radius }) =>
  StyleSheet.create({
    badge: {
      minWidth: 18,
      height: 18,
      paddingHorizontal: 4,
      alignItems: 'center',
      justifyContent: 'center',
      borderRadius: radius.round,
      backgroundColor: colors.danger,
    },
    text: { color: colors.onDanger, fontWeight: '600' },
  }),
);
