import { useRouter, type Href } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';

import { useSession } from '@/api/session';
import { Button, Menu, type MenuItem } from '@/ui';

import { useOpenPanel } from './panels';

/** Begins something new from anywhere. */
export function NewMenu() {
  const { t } = useTranslation();
  const router = useRouter();
  const openPanel = useOpenPanel();
  const { permissions } = useSession();

  const all: (MenuItem & { permission: string })[] = [
    { key: 'new-log', permission: 'interaction:create', label: t('shell:new.log'), icon: 'note-edit-outline', onPress: () => openPanel('log') },
    { key: 'new-customer', permission: 'customer:create', label: t('shell:new.customer'), icon: 'account-plus-outline', onPress: () => openPanel('customer') },
    { key: 'new-task', permission: 'task:create', label: t('shell:new.task'), icon: 'checkbox-marked-circle-outline', onPress: () => openPanel('task') },
    { key: 'new-import', permission: 'import:create', label: t('shell:new.import'), icon: 'upload-outline', separated: true, onPress: () => router.push('/imports' as Href) },
  ];
  const items = all.filter(({ permission }) => permission in permissions);
  if (items.length === 0) return null;
  return (
    <Menu
      label={t('shell:new.label')}
      items={items}
      trigger={({ ref, onPress }) => (
        <View ref={ref} collapsable={false}>
          <Button kind="primary" icon="plus" label={t('shell:new.label')} onPress={onPress} testID="action-new-menu" />
        </View>
      )}
    />
  );
}
