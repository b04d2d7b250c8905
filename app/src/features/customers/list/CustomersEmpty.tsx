import { useTranslation } from 'react-i18next';

import { useCan } from '@/api/session';
import { EmptyState } from '@/ui';

import type { CustomerList } from './useListState';

/** Says what belongs here, that nothing matches, or that the filter was refused, and offers the next step. */
export function CustomersEmpty({ list, refused, onCreate }: { list: CustomerList; refused: boolean; onCreate: () => void }) {
  const { t } = useTranslation();
  const canCreate = useCan('customer:create');
  const { state, views } = list;

  if (state.filter || state.q) {
    return (
      <EmptyState
        icon="magnify"
        title={t(refused ? 'customers:empty.refusedTitle' : 'customers:empty.searchTitle')}
        body={t(refused ? 'customers:empty.refusedBody' : 'customers:empty.searchBody')}
        action={{ label: t('customers:empty.clear'), onPress: () => list.change({ filter: '', q: '' }) }}
      />
    );
  }
  const everything = state.view === views.at(-1);
  return (
    <EmptyState
      icon="account-multiple-plus-outline"
      title={everything ? t('customers:empty.title') : t('customers:empty.viewTitle')}
      body={everything ? t('customers:empty.body') : t('customers:empty.viewBody')}
      action={canCreate ? { label: t('customers:list.new'), onPress: onCreate } : undefined}
    />
  );
}
