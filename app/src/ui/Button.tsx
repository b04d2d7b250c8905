import { use } from 'react';
import { ActivityIndicator, StyleSheet, View } from 'react-native';

import { themed, useTheme, type Theme } from '@/theme/theme';

import { FullWidthContext } from './actions';
import { Icon, type IconName } from './Icon';
import { Press } from './Press';
import { Text } from './Text';
import { useReason } from './useReason';
import { web } from './web';

export type ButtonKind = 'primary' | 'secondary' | 'text' | 'danger';

export type ButtonProps = {
  label: string;
  onPress?: () => void;
  href?: string;
  kind?: ButtonKind;
  icon?: IconName;
  loading?: boolean;
  disabled?: boolean;
  /** Why it is disabled; shown under the pointer, or when pressed long. */
  reason?: string;
  /** As wide as what is around it. */
  full?: boolean;
  size?: 'regular' | 'small';
  testID?: string;
  /** Keys that press it, as screen readers announce them. */
  shortcut?: string;
};

export function Button({ label, onPress, href, kind = 'secondary', icon, loading, disabled, reason, full, size = 'regular', testID, shortcut }: ButtonProps) {
  const theme = useTheme();
  const styles = useStyles();
  const off = disabled || loading;
  const wide = use(FullWidthContext);
  const explain = useReason(off ? reason : undefined);
  const faded = disabled && !loading;
  const color = faded ? theme.colors.muted : inkOf(kind, theme);

  return (
    <View style={(full ?? wide) ? styles.full : styles.fit} pointerEvents="box-none">
      <Press
        role={href && !off ? undefined : 'button'}
        aria-label={label}
        aria-disabled={off || undefined}
        aria-busy={loading || undefined}
        // A disabled button with a reason stays reachable, so that the reason can be read.
        disabled={off && !reason}
        onPress={off ? explain.show : onPress}
        onLongPress={explain.show}
        href={off ? undefined : href}
        testID={testID}
        {...web({ title: off ? reason : undefined, 'aria-keyshortcuts': shortcut, 'aria-describedby': explain.id })}
        style={[
          styles.button,
          { height: size === 'small' ? theme.size.small : theme.size.control },
          size === 'small' && styles.small,
          faded && kind !== 'text' ? styles.off : styles[kind],
          loading && styles.loading,
        ]}
        hoverStyle={off ? null : styles[`${kind}Hover`]}
      >
        {loading ? <ActivityIndicator size="small" color={color} /> : icon && <Icon name={icon} size={18} color={color} />}
        <Text variant={size === 'small' ? 'label' : 'body'} lines={1} style={{ color, fontWeight: '500' }}>
          {label}
        </Text>
      </Press>
      {explain.node}
    </View>
  );
}

function inkOf(kind: ButtonKind, { colors }: Theme): string {
  if (kind === 'primary') return colors.onPrimary;
  if (kind === 'danger') return colors.onDanger;
  return kind === 'text' ? colors.primary : colors.text;
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    full: { alignSelf: 'stretch' },
    // A row makes the button as wide as its words, wherever it stands.
    fit: { flexDirection: 'row', maxWidth: '100%' },
    button: {
      flexDirection: 'row',
      alignItems: 'center',
      justifyContent: 'center',
      gap: space.s,
      paddingHorizontal: space.l,
      borderRadius: radius.control,
      borderWidth: 1,
      borderColor: 'transparent',
    },
    loading: { opacity: 0.7 },
    small: { paddingHorizontal: space.m, gap: space.xs },
    primary: { backgroundColor: colors.primary },
    // Seen through, the words would lose contrast.
    primaryHover: { filter: 'brightness(0.92)' },
    danger: { backgroundColor: colors.danger },
    dangerHover: { filter: 'brightness(0.92)' },
    secondary: { backgroundColor: colors.surface, borderColor: colors.divider },
    secondaryHover: { backgroundColor: colors.hover },
    text: {},
    textHover: { backgroundColor: colors.hover },
    off: { backgroundColor: colors.hover, borderColor: colors.divider },
  }),
);
