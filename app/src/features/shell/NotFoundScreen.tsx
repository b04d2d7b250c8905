import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { themed } from '@/theme/theme';
import { EmptyState, Screen } from '@/ui';

/** For an address that leads nowhere. */
export function NotFoundScreen() {
  const { t } = useTranslation();
  const styles = useStyles();
  return (
    <View style={styles.page}>
      <Screen title={t('shell:notFound.title')}>
        <EmptyState
          icon="help-circle-outline"
          title={t('shell:notFound.title')}
          body={t('shell:notFound.body')}
          action={{ label: t('shell:notFound.home'), href: '/' }}
        />
      </Screen>
    </View>
  );
}

const useStyles = themed(({ colors }) => StyleSheet.create({ page: { flex: 1, backgroundColor: colors.background } }));
