import { StyleSheet } from 'react-native';

import { themed, useTheme } from '@/theme/theme';

import { Icon } from './Icon';
import { Press } from './Press';
import { Text } from './Text';
import { web } from './web';

type Props = {
  label: string;
  checked: boolean | 'mixed';
  onChange: (checked: boolean) => void;
  /** Says the label to screen readers only. */
  hideLabel?: boolean;
  disabled?: boolean;
  testID?: string;
};

export function CheckBox({ label, checked, onChange, hideLabel, disabled, testID }: Props) {
  const { colors } = useTheme();
  const styles = useStyles();
  const icon = checked === 'mixed' ? 'checkbox-intermediate' : checked ? 'checkbox-marked' : 'checkbox-blank-outline';
  const toggle = () => onChange(checked !== true);
  return (
    <Press
      role="checkbox"
      aria-label={label}
      aria-checked={checked}
      aria-disabled={disabled || undefined}
      disabled={disabled}
      onPress={toggle}
      testID={testID}
      hitSlop={hideLabel ? 8 : 0}
      {...web({
        tabIndex: disabled ? -1 : 0,
        title: hideLabel ? label : undefined,
        onKeyDown: (event) => {
          if (event.key !== ' ') return;
          event.preventDefault();
          toggle();
        },
      })}
      style={[styles.box, !hideLabel && styles.labelled, disabled && styles.disabled]}
      hoverStyle={null}
    >
      <Icon name={icon} color={checked ? colors.primary : colors.outline} />
      {hideLabel ? null : <Text style={styles.label}>{label}</Text>}
    </Press>
  );
}

const useStyles = themed(({ density, radius, space }) =>
  StyleSheet.create({
    box: { flexDirection: 'row', alignItems: 'center', gap: space.s, minWidth: 24, minHeight: 24, justifyContent: 'center', borderRadius: radius.control },
    labelled: { minHeight: density === 'touch' ? 48 : 32, justifyContent: 'flex-start', alignSelf: 'flex-start' },
    disabled: { opacity: 0.5 },
    label: { flexShrink: 1 },
  }),
);
