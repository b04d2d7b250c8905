import { useMutation, useQueryClient } from '@tanstack/react-query';

import { client, unwrap } from './client';
import type { CustomerQuery } from './customers';
import { useKey } from './query';
import type { components } from './schema';

type BulkChange = components['schemas']['BulkChange'];

/** What is to be done to many customers. */
export type BulkAction =
  | { action: 'tag' | 'untag'; tags: string[] }
  | { action: 'assign'; owner_id: string | null }
  | { action: 'delete' };

/** Customers picked one by one, or all that a list shows. */
export type Selection = { ids: string[] } | { all: CustomerQuery };

export interface BulkOutcome {
  done: number;
  failed: number;
}

/** As many as the server takes at a time. */
const CHUNK = 500;
const PAGE = 200;

/**
 * Changes many customers in portions that the server takes. onProgress tells how many of how many are done. Which
 * customers "all" are is decided before the first change, since a change may take a customer out of the list.
 */
export function useBulkCustomers(onProgress: (done: number, total: number) => void) {
  const queries = useQueryClient();
  const key = useKey();
  return useMutation({
    mutationFn: async ({ selection, change }: { selection: Selection; change: BulkAction }): Promise<BulkOutcome> => {
      const ids = 'ids' in selection ? selection.ids : await idsOf(selection.all);
      const outcome = { done: 0, failed: 0 };
      for (let at = 0; at < ids.length; at += CHUNK) {
        const body: BulkChange = { ...change, ids: ids.slice(at, at + CHUNK) };
        const { changed, unchanged, not_found, refused } = await unwrap(client.POST('/v1/customers/bulk', { body }));
        outcome.done += changed + unchanged;
        outcome.failed += not_found + refused;
        onProgress(outcome.done + outcome.failed, ids.length);
      }
      return outcome;
    },
    // Some portions may have gone through before one failed.
    onSettled: () => {
      for (const resource of ['customers', 'tags', 'tasks', 'home']) void queries.invalidateQueries({ queryKey: key(resource) });
    },
  });
}

async function idsOf({ filter, q }: CustomerQuery): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query = { limit: PAGE, order_by: 'created_at', ...(filter && { filter }), ...(q && { q }), ...(cursor && { cursor }) };
    const page: components['schemas']['PageCustomer'] = await unwrap(client.GET('/v1/customers', { params: { query } }));
    ids.push(...page.data.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  return ids;
}
