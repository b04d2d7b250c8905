import { type InfiniteData, type QueryClient, type QueryKey, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { client, unwrap } from './client';
import { createOnce, repeatable } from './ownIds';
import { useKey } from './query';
import type { components } from './schema';
import { ifMatch, versioned, type Versioned } from './versioned';

export type Customer = components['schemas']['Customer'];
export type NewCustomer = components['schemas']['NewCustomer'];
export type CustomerPatch = components['schemas']['CustomerPatch'];
export type CustomerPage = components['schemas']['PageCustomer'];

/** What a list shows: an AIP-160 filter, a search and an order, each empty for none. */
export interface CustomerQuery {
  filter: string;
  q: string;
  orderBy: string;
}

const PAGE = 50;

/** The customers of a query, page by page; the first page carries the total. */
export function useCustomers({ filter, q, orderBy }: CustomerQuery, { enabled = true } = {}) {
  const key = useKey();
  return useInfiniteQuery({
    queryKey: key('customers', 'list', { filter, q, orderBy }),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET('/v1/customers', {
          params: {
            query: {
              limit: PAGE,
              ...(filter && { filter }),
              ...(q && { q }),
              ...(orderBy && { order_by: orderBy }),
              ...(pageParam ? { cursor: pageParam } : { count: true }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    // While the next query is on its way the list stays as it is instead of blinking.
    placeholderData: (previous) => previous,
    enabled,
  });
}

/** A few customers that match a search, for choosing one. */
export function useCustomerSearch(q: string, { enabled = true } = {}) {
  const key = useKey();
  return useQuery({
    queryKey: key('customers', 'search', q),
    queryFn: async ({ signal }) => {
      const query = { limit: 8, ...(q ? { q } : { order_by: 'last_interaction_at desc' }) };
      return (await unwrap(client.GET('/v1/customers', { params: { query }, signal }))).data;
    },
    placeholderData: (previous) => previous,
    meta: { persist: false },
    enabled,
  });
}

/** Customers that a new one with this name or phone might repeat. */
export function useLookalikes(filter: string) {
  const key = useKey();
  return useQuery({
    queryKey: key('customers', 'lookalikes', filter),
    queryFn: async ({ signal }) => (await unwrap(client.GET('/v1/customers', { params: { query: { filter, limit: 3 } }, signal }))).data,
    meta: { persist: false },
    enabled: filter !== '',
  });
}

export function useCustomer(id: string | undefined) {
  const key = useKey();
  return useQuery({
    queryKey: key('customers', 'one', id),
    queryFn: ({ signal }) => versioned(client.GET('/v1/customers/{id}', { params: { path: { id: id! } }, signal })),
    enabled: !!id,
  });
}

/** Reads a customer anew, past the cache: what a conflict is judged by. */
export const fetchCustomer = (id: string) => versioned(client.GET('/v1/customers/{id}', { params: { path: { id } } }));

/** Puts what the server answered into everything cached that shows the customer. */
export function showCustomer(queries: QueryClient, under: QueryKey, changed: Versioned<Customer>): void {
  queries.setQueryData([...under, 'one', changed.record.id], changed);
  queries.setQueriesData<InfiniteData<CustomerPage>>({ queryKey: [...under, 'list'] }, (list) =>
    list && {
      ...list,
      pages: list.pages.map((page) => ({
        ...page,
        data: page.data.map((customer) => (customer.id === changed.record.id ? changed.record : customer)),
      })),
    },
  );
}

export const postCustomer = (body: NewCustomer) => versioned(client.POST('/v1/customers', { body, ...repeatable(body) }));

export function useCreateCustomer() {
  const queries = useQueryClient();
  const key = useKey();
  return useMutation({
    mutationFn: (body: NewCustomer) => createOnce('cus', body, postCustomer),
    onSuccess: (created) => {
      queries.setQueryData(key('customers', 'one', created.record.id), created);
      return Promise.all(['customers', 'tags', 'home'].map((resource) => queries.invalidateQueries({ queryKey: key(resource) })));
    },
  });
}

export function useUpdateCustomer(id: string) {
  const queries = useQueryClient();
  const key = useKey();
  return useMutation({
    mutationFn: ({ patch, etag }: { patch: CustomerPatch; etag?: string }) =>
      versioned(client.PATCH('/v1/customers/{id}', { params: { path: { id }, header: ifMatch(etag) }, body: patch })),
    onSuccess: (changed, { patch }) => {
      showCustomer(queries, key('customers'), changed);
      if (patch.tags) void queries.invalidateQueries({ queryKey: key('tags') });
    },
  });
}

/** Moves a customer to the trash. */
export function useDeleteCustomer() {
  const queries = useQueryClient();
  const key = useKey();
  return useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE('/v1/customers/{id}', { params: { path: { id } } })),
    onSuccess: (_nothing, id) => {
      queries.removeQueries({ queryKey: key('customers', 'one', id) });
      return Promise.all(
        ['customers', 'tasks', 'tags', 'home'].map((resource) => queries.invalidateQueries({ queryKey: key(resource) })),
      );
    },
  });
}

/** The list as a file that can be imported again. */
export const exportCustomers = (format: 'csv' | 'xlsx', { filter, q }: Pick<CustomerQuery, 'filter' | 'q'>) =>
  unwrap(
    client.GET('/v1/exports/customers', {
      params: { query: { format, ...(filter && { filter }), ...(q && { q }) } },
      parseAs: 'blob',
    }),
  ) as Promise<unknown> as Promise<Blob>;
