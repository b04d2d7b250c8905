import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { themed } from '@/theme/theme';
import { Text } from '@/ui';

import { settings } from './destinations';
import { Mark } from './Mark';
import { NavItem, usePlaceName } from './NavItem';
import { useOpenPanel } from './panels';
import { useDestinations } from './useDestinations';

/** The places at the left: 240 wide, or as a rail of 72. */
export function SideBar({ rail }: { rail: boolean }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const nameOf = usePlaceName();
  const openPanel = useOpenPanel();
  const { offered, current } = useDestinations();
  const shape = rail ? 'narrow' : 'wide';
  return (
    <View role="navigation" aria-label={t('shell:nav.label')} style={[styles.bar, rail ? styles.rail : styles.wide]}>
      <View style={[styles.brand, rail && styles.brandRail]}>
        <Mark />
        {rail ? null : <Text variant="section">{t('common:appName')}</Text>}
      </View>
      {offered.map(({ key, href, icon, letter }) => (
        <NavItem key={key} name={key} label={nameOf(key)} icon={icon} href={href} current={current === key} shape={shape} keys={letter && `g ${letter}`} />
      ))}
      <View style={styles.space} />
      <NavItem name="feedback" label={t('shell:nav.feedback')} icon="message-alert-outline" onPress={() => openPanel('feedback')} shape={shape} />
      <NavItem name="settings" label={nameOf('settings')} icon={settings.icon} href={settings.href} current={current === 'settings'} shape={shape} keys={`g ${settings.letter}`} />
    </View>
  );
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    bar: { gap: space.xs, padding: space.s, backgroundColor: colors.surface, borderRightWidth: 1, borderRightColor: colors.divider },
    wide: { width: 240, padding: space.m },
    rail: { width: 72 },
    brand: { flexDirection: 'row', alignItems: 'center', gap: space.s, height: 40, marginBottom: space.s, paddingHorizontal: space.s },
    brandRail: { justifyContent: 'center', paddingHorizontal: 0 },
    space: { flex: 1 },
  }),
);
