import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useCan, useSession } from '@/api/session';
import { CompanySwitcher } from '@/features/auth/CompanySwitcher';
import { themed } from '@/theme/theme';
import { Avatar, Press, web } from '@/ui';

import { AccountMenu } from './AccountMenu';
import { Bell } from './Bell';
import { NewMenu } from './NewMenu';
import { SearchBox } from './SearchBox';

/** Above every screen from 600 px on. */
export function TopBar() {
  const { t } = useTranslation();
  const styles = useStyles();
  const { member } = useSession();
  const canSearch = useCan('customer:read');
  return (
    <View role="banner" style={styles.bar}>
      <CompanySwitcher />
      <View style={styles.middle}>{canSearch ? <SearchBox /> : null}</View>
      <NewMenu />
      <Bell />
      <AccountMenu
        trigger={({ ref, onPress, expanded }) => (
          <Press
            ref={ref}
            role="button"
            aria-label={t('shell:account.of', { name: member?.name ?? '' })}
            aria-expanded={expanded}
            onPress={onPress}
            testID="nav-account"
            style={styles.account}
            {...web({ 'aria-haspopup': 'menu', title: member?.name })}
          >
            <Avatar name={member?.name ?? ''} size={32} />
          </Press>
        )}
      />
    </View>
  );
}

const useStyles = themed(({ colors, radius, size, space }) =>
  StyleSheet.create({
    bar: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.s,
      height: 56,
      paddingHorizontal: space.l,
      backgroundColor: colors.surface,
      borderBottomWidth: 1,
      borderBottomColor: colors.divider,
      // Its reasons and menus lie above the screen.
      zIndex: 1,
    },
    middle: { flex: 1, alignItems: 'center', flexDirection: 'row', justifyContent: 'center' },
    account: { width: size.control + 4, height: size.control + 4, alignItems: 'center', justifyContent: 'center', borderRadius: radius.round },
  }),
);
