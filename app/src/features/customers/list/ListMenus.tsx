import { router } from 'expo-router';
import { useTranslation } from 'react-i18next';

import { exportCustomers } from '@/api/customers';
import { useCan } from '@/api/session';
import { saveFile } from '@/files/saveFile';
import { IconButton, Menu, useToast } from '@/ui';
import { isWeb } from '@/ui/web';

import { useProblemText } from '../useProblemText';
import { SORTS } from './listState';
import type { CustomerList } from './useListState';

/** Chooses the order, where there are no heads of columns to press. */
export function SortMenu({ list }: { list: CustomerList }) {
  const { t } = useTranslation();
  return (
    <Menu
      label={t('customers:list.sort')}
      trigger={(props) => <IconButton {...props} icon="sort" label={t('customers:list.sortBy', { by: t(`customers:sort.${list.state.sort}`) })} testID="action-sort" />}
      items={SORTS.map((sort) => ({
        key: sort,
        label: t(`customers:sort.${sort}`),
        checked: sort === list.state.sort,
        onPress: () => list.change({ sort }),
      }))}
    />
  );
}

/** Import and export. Phones have no place to put a file, so there nothing is exported. */
export function MoreMenu({ list }: { list: CustomerList }) {
  const { t } = useTranslation();
  const toast = useToast();
  const problemText = useProblemText();
  const canImport = useCan('import:read');
  const canExport = useCan('export:create') && isWeb;

  const download = async (format: 'csv' | 'xlsx') => {
    toast.show({ text: t('customers:list.exporting') });
    try {
      await saveFile(await exportCustomers(format, list.query), `${t('customers:list.file')}.${format}`);
      toast.show({ text: t('customers:list.exported'), tone: 'success' });
    } catch (error) {
      toast.show({ text: problemText.ofError(error), tone: 'danger' });
    }
  };
  const items = [
    ...(canImport ? [{ key: 'import', label: t('customers:list.import'), icon: 'upload-outline' as const, onPress: () => router.push('/imports') }] : []),
    ...(canExport
      ? [
          { key: 'csv', label: t('customers:list.exportCsv'), icon: 'file-delimited-outline' as const, onPress: () => void download('csv') },
          { key: 'xlsx', label: t('customers:list.exportXlsx'), icon: 'file-excel-outline' as const, onPress: () => void download('xlsx') },
        ]
      : []),
  ];
  if (items.length === 0) return null;
  return (
    <Menu
      label={t('common:more')}
      trigger={(props) => <IconButton {...props} icon="dots-horizontal" label={t('common:more')} testID="action-more" />}
      items={items}
    />
  );
}
