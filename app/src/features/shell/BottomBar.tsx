import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';
import { useSafeAreaInsets } from 'react-native-safe-area-context';

import { themed } from '@/theme/theme';

import { AccountMenu } from './AccountMenu';
import { NavItem, usePlaceName } from './NavItem';
import { useDestinations } from './useDestinations';

/** The places on phones; what is needed less often is under More. */
export function BottomBar() {
  const { t } = useTranslation();
  const styles = useStyles();
  const insets = useSafeAreaInsets();
  const nameOf = usePlaceName();
  const { offered, current } = useDestinations();
  return (
    <View role="navigation" aria-label={t('shell:nav.label')} style={[styles.bar, { paddingBottom: insets.bottom }]}>
      {offered.map(({ key, href, icon, letter }) => (
        <View key={key} style={styles.cell}>
          <NavItem name={key} label={nameOf(key)} icon={icon} href={href} current={current === key} shape="narrow" keys={letter && `g ${letter}`} />
        </View>
      ))}
      <View style={styles.cell}>
        <AccountMenu
          trigger={({ onPress }) => (
            <NavItem name="more" label={t('common:more')} icon="menu" onPress={onPress} current={current === 'settings'} shape="narrow" />
          )}
        />
      </View>
    </View>
  );
}

const useStyles = themed(({ colors }) =>
  StyleSheet.create({
    bar: { flexDirection: 'row', backgroundColor: colors.surface, borderTopWidth: 1, borderTopColor: colors.divider },
    cell: { flex: 1 },
  }),
);
