import { StyleSheet, View } from 'react-native';

import { useFormat } from '@/i18n/format';
import { themed } from '@/theme/theme';

import { Text } from './Text';
import { web } from './web';

/** How much of something is done, from 0 to 1. */
export function Progress({ value, label }: { value: number; label: string }) {
  const { percent } = useFormat();
  const styles = useStyles();
  const done = Math.max(0, Math.min(1, value));
  return (
    <View style={styles.stack}>
      <View style={styles.words}>
        <Text variant="label" style={styles.label}>
          {label}
        </Text>
        <Text variant="label" tabular tone="muted">
          {percent(done)}
        </Text>
      </View>
      <View
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(done * 100)}
        {...web({ 'aria-valuetext': percent(done) })}
        style={styles.track}
      >
        <View style={[styles.bar, { width: `${done * 100}%` }]} />
      </View>
    </View>
  );
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    stack: { gap: space.xs },
    words: { flexDirection: 'row', gap: space.s },
    label: { flex: 1 },
    track: { height: 8, overflow: 'hidden', borderRadius: radius.round, backgroundColor: colors.divider },
    bar: { height: '100%', borderRadius: radius.round, backgroundColor: colors.primary },
  }),
);
