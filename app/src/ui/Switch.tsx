import { StyleSheet, View } from 'react-native';

import { themed } from '@/theme/theme';

import { Press } from './Press';
import { Text } from './Text';
import { web } from './web';

type Props = { label: string; value: boolean; onChange: (value: boolean) => void; hint?: string; disabled?: boolean; testID?: string };

/** For what takes effect at once; in a form that is saved, take a CheckBox. */
export function Switch({ label, value, onChange, hint, disabled, testID }: Props) {
  const styles = useStyles();
  return (
    <Press
      role="switch"
      aria-label={label}
      aria-checked={value}
      aria-disabled={disabled || undefined}
      disabled={disabled}
      onPress={() => onChange(!value)}
      testID={testID}
      {...web({
        tabIndex: disabled ? -1 : 0,
        onKeyDown: (event) => {
          if (event.key !== ' ') return; // Enter is a press already
          event.preventDefault();
          onChange(!value);
        },
      })}
      style={[styles.row, disabled && styles.disabled]}
      hoverStyle={null}
    >
      <View style={styles.words}>
        <Text>{label}</Text>
        {hint ? (
          <Text variant="caption" tone="muted">
            {hint}
          </Text>
        ) : null}
      </View>
      <View style={[styles.track, value && styles.on]}>
        <View style={[styles.thumb, value && styles.thumbOn]} />
      </View>
    </Press>
  );
}

const useStyles = themed(({ colors, density, radius, space }) =>
  StyleSheet.create({
    row: { flexDirection: 'row', alignItems: 'center', gap: space.l, minHeight: density === 'touch' ? 48 : 36, borderRadius: radius.control },
    disabled: { opacity: 0.5 },
    words: { flex: 1, minWidth: 0 },
    track: { width: 40, height: 24, borderRadius: radius.round, borderWidth: 2, borderColor: colors.outline, justifyContent: 'center', paddingHorizontal: 3 },
    on: { backgroundColor: colors.primary, borderColor: colors.primary },
    thumb: { width: 14, height: 14, borderRadius: radius.round, backgroundColor: colors.outline },
    thumbOn: { alignSelf: 'flex-end', backgroundColor: colors.onPrimary },
  }),
);
