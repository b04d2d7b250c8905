import { router, useGlobalSearchParams, type Href } from 'expo-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { FlatList, StyleSheet, View } from 'react-native';

import type { Customer } from '@/api/customers';
import { themed } from '@/theme/theme';
import { ErrorState, IconButton, Press, Row, Skeleton, useShortcut, web } from '@/ui';

import { CustomerCard } from './CustomerCard';
import { CustomersEmpty } from './CustomersEmpty';
import { SearchField } from './SearchField';
import { useCustomerRows } from './useCustomerRows';
import { useListState } from './useListState';
import { useRowKeys } from './useRowKeys';

const ROW = 72;
const IN_SIGHT = 5;

/** The list beside the page of a customer, on wide windows. */
export function CustomersPane() {
  const { t } = useTranslation();
  const styles = useStyles();
  const list = useListState();
  const rows = useCustomerRows(list);
  const { id: current, tab } = useGlobalSearchParams<{ id?: string; tab?: string }>();
  const flat = useRef<FlatList<Customer>>(null);
  const at = rows.customers.findIndex(({ id }) => id === current);

  useRowKeys(rows.customers.map(({ id }) => id));
  const open = (customer: Customer | undefined) => customer && router.replace(list.hrefOf(customer.id, tab) as Href);
  useShortcut('[', () => open(rows.customers[at - 1]));
  useShortcut(']', () => open(rows.customers[at + 1]));

  useEffect(() => {
    // The first rows are in sight anyway; of others some rows above stay, cut nowhere.
    if (at > IN_SIGHT) flat.current?.scrollToIndex({ index: at - 2, viewPosition: 0, animated: false });
    // Only the customer that was opened is brought into sight; the list may be scrolled away from it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [current, at < 0]);

  return (
    <View style={styles.pane} role="complementary" aria-label={t('customers:list.label')}>
      <Row gap={4} style={styles.head}>
        <IconButton icon="arrow-left" label={t('customers:page.back')} href={list.listHref} testID="action-back" />
        <SearchField value={list.state.q} onSearch={(q) => list.change({ q })} />
      </Row>
      {rows.loading && <Skeleton lines={8} />}
      {rows.error && <ErrorState error={rows.error} onRetry={rows.retry} />}
      {!rows.loading && !rows.error && (
        <FlatList
          ref={flat}
          data={rows.customers}
          keyExtractor={({ id }) => id}
          getItemLayout={(_, index) => ({ length: ROW, offset: ROW * index, index })}
          onEndReached={rows.loadMore}
          onEndReachedThreshold={2}
          ListEmptyComponent={<CustomersEmpty list={list} refused={rows.filterError !== null} onCreate={() => router.push(list.listHref as Href)} />}
          renderItem={({ item }) => (
            <Press
              href={list.hrefOf(item.id, tab)}
              style={[styles.row, item.id === current && styles.current]}
              testID={`row-${item.id}`}
              {...web({ 'aria-current': item.id === current ? 'page' : undefined, dataSet: { ring: 'inside' } })}
            >
              <CustomerCard customer={item} showOwner={false} />
            </Press>
          )}
        />
      )}
    </View>
  );
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    pane: { width: 320, borderRightWidth: 1, borderRightColor: colors.divider, backgroundColor: colors.surface },
    head: { padding: space.s, borderBottomWidth: 1, borderBottomColor: colors.divider },
    row: { height: ROW, flexDirection: 'row', alignItems: 'center', paddingHorizontal: space.l, borderBottomWidth: 1, borderBottomColor: colors.divider },
    current: { backgroundColor: colors.selected },
  }),
);
