import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useSession } from '@/api/session';
import { Button, Screen } from '@/ui';

import { AccountCard } from './AccountCard';
import { PasswordCard } from './PasswordCard';
import { PreferencesCard } from './PreferencesCard';

/** What a person decides for themselves. */
export function ProfileScreen() {
  const { t } = useTranslation();
  const { signOut } = useSession();
  return (
    <Screen title={t('settings:profile.title')} documentTitle={t('settings:profile.title')}>
      <View style={styles.column}>
        <AccountCard />
        <PreferencesCard />
        <PasswordCard />
        <Button icon="logout" label={t('settings:profile.signOut')} onPress={() => void signOut()} testID="action-sign-out" />
      </View>
    </Screen>
  );
}

// Forms read badly when they are wider.
const styles = StyleSheet.create({ column: { gap: 16, width: '100%', maxWidth: 720 } });
