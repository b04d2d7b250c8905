import { useTranslation } from 'react-i18next';
import { View } from 'react-native';

import { useCan } from '@/api/session';
import { useOpenPanel } from '@/features/shell/panels';
import { useTheme } from '@/theme/theme';
import { Button, ErrorState, IconButton, partOnDemand, Screen, Tabs, useWidth } from '@/ui';

import { FilterBar } from '../filter/FilterBar';
import { ListCount } from './ListCount';
import { CustomerTable } from './CustomerTable';
import { MoreMenu, SortMenu } from './ListMenus';
import { SearchField } from './SearchField';
import type { View as ListView } from './listState';
import { useCustomerRows } from './useCustomerRows';
import { useListState } from './useListState';
import { useSelection } from './useSelection';

/** As high as the search that the bulk actions replace, so that the table does not jump. */
function BarRoom() {
  return <View style={{ height: useTheme().size.control }} />;
}

const BulkBar = partOnDemand(() => import('./BulkBar').then((module) => module.BulkBar), <BarRoom />);

/** The list of customers. Its address says everything that is to be seen. */
export function CustomersScreen() {
  const { t } = useTranslation();
  const phone = useWidth() === 'phone';
  const list = useListState();
  const rows = useCustomerRows(list);
  const ids = rows.customers.map(({ id }) => id);
  const selection = useSelection(list.query, ids);
  const canCreate = useCan('customer:create');
  const canUpdate = useCan('customer:update');
  const canDelete = useCan('customer:delete');
  const canBulk = canUpdate || canDelete;
  const openPanel = useOpenPanel();
  const onCreate = () => openPanel('customer');
  const selecting = selection.selected.size > 0;

  return (
    <Screen
      title={t('customers:list.title')}
      subtitle={<ListCount total={rows.total} capped={rows.capped} known={!rows.loading && !rows.filterError} />}
      wide
      scroll={false}
      actions={
        <>
          {canCreate &&
            (phone ? (
              <IconButton icon="plus" label={t('customers:list.new')} onPress={onCreate} testID="action-new" />
            ) : (
              <Button icon="plus" label={t('customers:list.new')} onPress={onCreate} shortcut="n" testID="action-new" />
            ))}
          <MoreMenu list={list} />
        </>
      }
      toolbar={
        <>
          {list.views.length > 1 && (
            <Tabs
              label={t('customers:list.views')}
              tabs={list.views.map((key) => ({ key, label: t(`customers:list.view.${key}`) }))}
              value={list.state.view}
              onChange={(view) => list.change({ view: view as ListView })}
            />
          )}
          <FilterBar
            filter={list.state.filter}
            onChange={(filter) => list.change({ filter })}
            error={rows.filterError}
            before={<SearchField value={list.state.q} onSearch={(q) => list.change({ q })} />}
            after={<SortMenu list={list} />}
            instead={selecting && <BulkBar selection={selection} total={rows.total} capped={rows.capped} />}
          />
        </>
      }
    >
      {rows.error ? (
        <ErrorState error={rows.error} onRetry={rows.retry} />
      ) : (
        <CustomerTable list={list} rows={rows} selection={canBulk ? selection : undefined} onCreate={onCreate} />
      )}
    </Screen>
  );
}
