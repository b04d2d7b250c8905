import { useTranslation } from 'react-i18next';

import type { Customer } from '@/api/customers';
import { Table } from '@/ui';

import { CustomerCard } from './CustomerCard';
import { useCustomerColumns } from './columns';
import { CustomersEmpty } from './CustomersEmpty';
import type { CustomerRows } from './useCustomerRows';
import type { CustomerSelection } from './useSelection';
import type { CustomerList } from './useListState';
import type { Sort } from './listState';

interface Props {
  list: CustomerList;
  rows: CustomerRows;
  /** Absent when the person may do nothing to several customers at once. */
  selection?: CustomerSelection;
  onCreate: () => void;
}

const keyOf = ({ id }: Customer) => id;

/** The customers as a table, and as cards on phones. */
export function CustomerTable({ list, rows, selection, onCreate }: Props) {
  const { t } = useTranslation();
  const columns = useCustomerColumns();
  const showOwner = list.state.view !== 'mine';

  return (
    <Table<Customer>
      name="customers"
      label={t('customers:list.label')}
      rows={rows.customers}
      columns={columns}
      rowKey={keyOf}
      rowName={({ name }) => name}
      href={({ id }) => list.hrefOf(id)}
      sort={list.state.sort}
      onSort={(sort) => list.change({ sort: sort as Sort })}
      selected={selection?.selected}
      onSelect={selection?.select}
      onEndReached={rows.loadMore}
      loading={rows.loading || rows.loadingMore}
      empty={<CustomersEmpty list={list} refused={rows.filterError !== null} onCreate={onCreate} />}
      card={(customer) => <CustomerCard customer={customer} showOwner={showOwner} />}
    />
  );
}
