import { Redirect, router, useLocalSearchParams, type Href } from 'expo-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { useCustomer } from '@/api/customers';
import { EmptyState, ErrorState, Screen, Skeleton } from '@/ui';

import { useListState } from '../list/useListState';
import { CustomerPage } from './CustomerPage';
import { isCustomerTab, lastTab, rememberTab } from './tabs';

/** The page of one customer; the address says which tab is open. */
export function CustomerScreen() {
  const { t } = useTranslation();
  const { id, tab } = useLocalSearchParams<{ id: string; tab?: string }>();
  const { hrefOf, listHref } = useListState();
  const { data: customer, error, refetch } = useCustomer(id);

  useEffect(() => {
    if (isCustomerTab(tab)) rememberTab(tab);
  }, [tab]);

  if (!isCustomerTab(tab)) return <Redirect href={hrefOf(id, lastTab()) as Href} />;
  if (customer) return <CustomerPage key={id} customer={customer} tab={tab} />;
  return (
    <Screen title={t('customers:list.title')}>
      {!error && <Skeleton lines={8} />}
      {error?.status === 404 || error?.status === 422 ? (
        <EmptyState
          icon="magnify"
          title={t('customers:page.missingTitle')}
          body={t('customers:page.missingBody')}
          action={{ label: t('customers:page.back'), onPress: () => router.replace(listHref as Href) }}
        />
      ) : (
        error && <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </Screen>
  );
}
