import type { ReactNode } from 'react';
import { StyleSheet, View } from 'react-native';

import { themed } from '@/theme/theme';
import { useWidth } from '@/ui';

/** Two columns of cards, each as high as its content; one column, in reading order, where there is no room. */
export function Columns({ main, side }: { main: ReactNode; side: ReactNode }) {
  const styles = useStyles();
  if (useWidth() === 'phone') {
    return (
      <View style={styles.column}>
        {main}
        {side}
      </View>
    );
  }
  return (
    <View style={styles.columns}>
      <View style={[styles.column, styles.main]}>{main}</View>
      <View style={[styles.column, styles.side]}>{side}</View>
    </View>
  );
}

const useStyles = themed(({ space }) =>
  StyleSheet.create({
    columns: { flexDirection: 'row', alignItems: 'flex-start', gap: space.l },
    column: { gap: space.l },
    main: { flex: 5, minWidth: 0 },
    side: { flex: 3, minWidth: 0 },
  }),
);
