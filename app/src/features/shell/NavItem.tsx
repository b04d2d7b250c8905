import { router, type Href } from 'expo-router';
import { StyleSheet } from 'react-native';
import { useTranslation } from 'react-i18next';

import { themed, useTheme } from '@/theme/theme';
import { Icon, Press, Text, useShortcut, web, type IconName } from '@/ui';

type Props = {
  name: string;
  label: string;
  icon: IconName;
  href?: string;
  onPress?: () => void;
  current?: boolean;
  /** wide: icon and word in a line; narrow: the word below the icon. */
  shape: 'wide' | 'narrow';
  /** Letters that lead there from anywhere, such as 'g h'. */
  keys?: string;
};

/** One place of the side bar, the rail or the bottom bar. */
export function NavItem({ name, label, icon, href, onPress, current = false, shape, keys }: Props) {
  const { colors } = useTheme();
  const styles = useStyles();
  const wide = shape === 'wide';
  useShortcut(keys ?? '', () => router.push(href as Href), { enabled: Boolean(keys && href) });
  return (
    <Press
      role={href ? undefined : 'button'}
      aria-label={label}
      href={href}
      onPress={onPress}
      testID={`nav-${name}`}
      {...web({ 'aria-current': current ? 'page' : undefined, 'aria-keyshortcuts': keys, dataSet: { ring: 'inside' } })}
      style={[styles.item, wide ? styles.wide : styles.narrow, current && wide && styles.current]}
    >
      <Icon name={icon} size={wide ? 20 : 24} color={current ? colors.primary : colors.muted} />
      <Text variant={wide ? 'body' : 'caption'} strong={current} tone={current ? 'primary' : 'muted'} lines={1}>
        {label}
      </Text>
    </Press>
  );
}

/** The words of the places. */
export function usePlaceName() {
  const { t } = useTranslation();
  return (key: 'home' | 'customers' | 'tasks' | 'settings') => t(`shell:nav.${key}`);
}

const useStyles = themed(({ colors, radius, size, space }) =>
  StyleSheet.create({
    item: { borderRadius: radius.control, alignItems: 'center' },
    wide: { flexDirection: 'row', gap: space.m, minHeight: size.row, paddingHorizontal: space.m },
    narrow: { justifyContent: 'center', gap: 2, minHeight: 56, paddingHorizontal: 2 },
    current: { backgroundColor: colors.selected },
  }),
);
