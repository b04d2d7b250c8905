import type { Ref } from 'react';
import { StyleSheet, View } from 'react-native';

import { themed, useTheme } from '@/theme/theme';

import { Badge } from './Badge';
import { Icon, type IconName } from './Icon';
import { Press } from './Press';
import { web } from './web';

type Props = {
  icon: IconName;
  /** Said by screen readers, and shown under the pointer. */
  label: string;
  onPress?: () => void;
  href?: string;
  tone?: 'muted' | 'primary' | 'danger' | 'text' | 'warning' | 'success';
  badge?: number;
  disabled?: boolean;
  testID?: string;
  /** For a button that opens something: whether it is open. */
  expanded?: boolean;
  popup?: 'menu' | 'dialog' | 'listbox';
  size?: 'regular' | 'small';
  ref?: Ref<View>;
};

export function IconButton({ icon, label, onPress, href, tone = 'muted', badge, disabled, testID, expanded, popup, size = 'regular', ref }: Props) {
  const theme = useTheme();
  const styles = useStyles();
  const side = size === 'small' ? theme.size.small : theme.size.control;
  return (
    <Press
      ref={ref}
      role={href ? undefined : 'button'}
      aria-label={label}
      aria-expanded={expanded}
      aria-disabled={disabled || undefined}
      disabled={disabled}
      onPress={onPress}
      href={href}
      testID={testID}
      hitSlop={size === 'small' ? 4 : 0}
      {...web({ title: label, 'aria-haspopup': popup })}
      style={[styles.button, { width: side, height: side }, disabled && styles.disabled]}
    >
      <Icon name={icon} size={size === 'small' ? 18 : 20} color={theme.colors[tone]} />
      {badge ? (
        <View style={styles.badge}>
          <Badge count={badge} />
        </View>
      ) : null}
    </Press>
  );
}

const useStyles = themed(({ radius }) =>
  StyleSheet.create({
    button: { alignItems: 'center', justifyContent: 'center', borderRadius: radius.control },
    disabled: { opacity: 0.5 },
    badge: { position: 'absolute', top: 0, right: 0 },
  }),
);
