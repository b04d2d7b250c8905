import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { themed, useTheme } from '@/theme/theme';
import { Text, TextField } from '@/ui';

import { type Strength, strengthOf } from './password';

interface Props {
  label: string;
  value: string;
  onChange: (text: string) => void;
  error?: string;
  /** Names and addresses that make a password easy to guess. */
  own: string[];
  onSubmit?: () => void;
  testID?: string;
}

/** A new password, with how well it would hold while it is typed. */
export function PasswordField({ own, ...field }: Props) {
  const { t } = useTranslation();
  const styles = useStyles();
  return (
    <View style={styles.column}>
      <TextField
        {...field}
        secure
        autoComplete="new-password"
        required
        hint={field.value ? undefined : t('auth:strength.hint')}
      />
      {field.value !== '' && !field.error && <StrengthMeter strength={strengthOf(field.value, ...own)} />}
    </View>
  );
}

const STEPS: Record<Strength['level'], number> = { short: 0, weak: 1, fair: 2, strong: 3 };

function StrengthMeter({ strength }: { strength: Strength }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const { colors } = useTheme();
  const filled = STEPS[strength.level];
  const color = { short: colors.danger, weak: colors.danger, fair: colors.warning, strong: colors.success }[strength.level];
  const words =
    strength.level === 'short' ? t('auth:strength.short', { count: strength.missing }) : t(`auth:strength.${strength.level}`);
  return (
    <View accessibilityLiveRegion="polite" style={styles.meter}>
      <View style={styles.bars} aria-hidden>
        {[1, 2, 3].map((step) => (
          <View key={step} style={[styles.bar, step <= filled && { backgroundColor: color }]} />
        ))}
      </View>
      <Text variant="caption" tone="muted">
        {words}
      </Text>
    </View>
  );
}

const useStyles = themed((theme) =>
  StyleSheet.create({
    column: { gap: theme.space.s },
    meter: { gap: theme.space.xs },
    bars: { flexDirection: 'row', gap: theme.space.xs },
    bar: { flex: 1, height: 4, borderRadius: 2, backgroundColor: theme.colors.divider },
  }),
);
