import { useCallback, useMemo } from 'react';

import type { ApiError } from '@/api/client';
import { useCustomers, type Customer } from '@/api/customers';

import type { CustomerList } from './useListState';

export interface CustomerRows {
  customers: Customer[];
  total: number;
  capped: boolean;
  /** Nothing to show yet. */
  loading: boolean;
  loadingMore: boolean;
  /** What went wrong, when there is nothing to show for it. */
  error: ApiError | null;
  /** The server did not understand the filter. */
  filterError: ApiError | null;
  loadMore: () => void;
  retry: () => void;
}

/** The rows of a list, as far as they are loaded. */
export function useCustomerRows(list: CustomerList): CustomerRows {
  const { data, error, isPending, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useCustomers(list.query, { enabled: list.ready });

  const customers = useMemo(() => unique(data?.pages.flatMap((page) => page.data) ?? []), [data]);
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const refused = error?.status === 422 && error.errors.some(({ field }) => field === 'filter');
  return {
    // A list from before the mistake would look like the answer to it.
    customers: refused ? [] : customers,
    total: (refused ? 0 : data?.pages[0]?.total) ?? customers.length,
    capped: data?.pages[0]?.total_capped ?? false,
    loading: isPending,
    loadingMore: isFetchingNextPage,
    error: refused || data ? null : error,
    filterError: refused ? error : null,
    loadMore,
    retry: () => void refetch(),
  };
}

/** A customer that changed between two pages may come in both. */
function unique(customers: Customer[]): Customer[] {
  const seen = new Set<string>();
  return customers.filter(({ id }) => !seen.has(id) && seen.add(id));
}
