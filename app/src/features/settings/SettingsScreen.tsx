import { Redirect } from 'expo-router';
import { useTranslation } from 'react-i18next';

import { Screen, useWidth } from '@/ui';

import { SettingsNav } from './SettingsNav';

/** The list of pages, which on wide windows stands beside the first of them. */
export function SettingsScreen() {
  const { t } = useTranslation();
  if (useWidth() !== 'phone') return <Redirect href="/settings/profile" />;
  return (
    <Screen title={t('settings:title')} documentTitle={t('settings:title')}>
      <SettingsNav hints />
    </Screen>
  );
}
