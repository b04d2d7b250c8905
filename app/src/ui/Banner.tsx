import { StyleSheet, View } from 'react-native';

import { themed, useTheme } from '@/theme/theme';

import { Button } from './Button';
import type { Tone } from './Chip';
import { Icon, type IconName } from './Icon';
import { Text } from './Text';

type Props = { tone?: Tone; text: string; icon?: IconName; action?: { label: string; onPress?: () => void; href?: string } };

const icons: Record<Tone, IconName> = {
  neutral: 'information-outline',
  primary: 'information-outline',
  danger: 'alert-circle-outline',
  warning: 'alert-outline',
  success: 'check-circle-outline',
};

/** Tells what concerns a whole screen, until it no longer does. */
export function Banner({ tone = 'neutral', text, icon, action }: Props) {
  const { colors } = useTheme();
  const styles = useStyles();
  const ink = { neutral: colors.muted, primary: colors.primary, danger: colors.danger, warning: colors.warning, success: colors.success }[tone];
  const background = { neutral: colors.hover, primary: colors.selected, danger: colors.dangerSoft, warning: colors.warningSoft, success: colors.successSoft }[tone];
  return (
    <View role={tone === 'danger' ? 'alert' : 'status'} style={[styles.banner, { backgroundColor: background }]}>
      <Icon name={icon ?? icons[tone]} color={ink} />
      <Text style={styles.text}>{text}</Text>
      {action ? <Button kind="text" size="small" {...action} /> : null}
    </View>
  );
}

const useStyles = themed(({ radius, space }) =>
  StyleSheet.create({
    banner: { flexDirection: 'row', alignItems: 'center', gap: space.s, minHeight: 44, paddingHorizontal: space.m, paddingVertical: space.s, borderRadius: radius.control },
    text: { flex: 1, minWidth: 0 },
  }),
);
