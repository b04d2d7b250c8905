import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { themed, useTheme } from '@/theme/theme';

import { Icon, type IconName } from './Icon';
import { Press } from './Press';
import { Text } from './Text';
import { useReason } from './useReason';
import { web } from './web';

export type Step<K extends string> = {
  key: K;
  label: string;
  state: 'done' | 'current' | 'todo' | 'off';
  enabled: boolean;
  /** Why it is not enabled. */
  reason?: string;
};

type Props<K extends string> = { steps: Step<K>[]; onPress: (key: K) => void; label?: string };

const signs: Record<Step<string>['state'], IconName> = {
  done: 'check-circle',
  current: 'circle-half-full',
  todo: 'circle-outline',
  off: 'close-circle-outline',
};

/** The way something goes. Only allowed moves are enabled; the others say why when pressed or pointed at. */
export function Stepper<K extends string>({ steps, onPress, label }: Props<K>) {
  const styles = useStyles();
  return (
    <View role="group" aria-label={label} style={styles.steps}>
      {steps.map((step, index) => (
        <View key={step.key} style={[styles.part, index > 0 && styles.follows]}>
          {index > 0 ? <View style={[styles.line, (step.state === 'done' || step.state === 'current') && styles.walked]} /> : null}
          <StepButton step={step} onPress={() => onPress(step.key)} />
        </View>
      ))}
    </View>
  );
}

function StepButton<K extends string>({ step, onPress }: { step: Step<K>; onPress: () => void }) {
  const { t } = useTranslation();
  const { colors } = useTheme();
  const styles = useStyles();
  const current = step.state === 'current';
  const off = !step.enabled;
  const explain = useReason(off && !current ? step.reason : undefined);
  const color = current ? colors.primary : step.state === 'done' ? colors.success : colors.muted;
  return (
    <View>
      <Press
        role="button"
        aria-label={t('ui:field.holds', { label: step.label, value: t(`ui:step.${step.state}`) })}
        aria-disabled={off || undefined}
        onPress={off ? explain.show : onPress}
        testID={`step-${step.key}`}
        {...web({ title: off ? step.reason : undefined, 'aria-current': current ? 'step' : undefined, 'aria-describedby': explain.id })}
        style={[styles.step, current && styles.current]}
        hoverStyle={off ? null : undefined}
      >
        <Icon name={signs[step.state]} size={18} color={color} />
        <Text strong={current} tone={current ? 'primary' : off ? 'muted' : 'text'} lines={1}>
          {step.label}
        </Text>
      </Press>
      {explain.node}
    </View>
  );
}

const useStyles = themed(({ colors, radius, size, space }) =>
  StyleSheet.create({
    steps: { flexDirection: 'row', flexWrap: 'wrap', alignItems: 'center', rowGap: space.xs },
    part: { flexDirection: 'row', alignItems: 'center' },
    follows: { flexShrink: 1 },
    line: { width: 16, height: 2, marginHorizontal: 2, backgroundColor: colors.divider },
    walked: { backgroundColor: colors.success },
    step: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: 6,
      minHeight: size.control,
      paddingHorizontal: space.s,
      borderRadius: radius.round,
      borderWidth: 1,
      borderColor: 'transparent',
    },
    current: { backgroundColor: colors.selected, borderColor: colors.primary, paddingHorizontal: space.m },
  }),
);
