import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { client, unwrap } from './client';
import { showCustomer } from './customers';
import { useKey } from './query';
import type { components } from './schema';
import { ifMatch, versioned } from './versioned';

export type LifecycleMove = components['schemas']['LifecycleMove'];
export type StageVisit = components['schemas']['StageVisit'];
export type StageChange = components['schemas']['StageChange'];

/** The moves between stages that the company allows. */
export function useLifecycleMoves() {
  const key = useKey();
  return useQuery({
    queryKey: key('lifecycle-moves'),
    queryFn: async ({ signal }) => (await unwrap(client.GET('/v1/lifecycle', { signal }))).moves,
    staleTime: 60 * 60_000,
  });
}

/** The stages that a customer was in, oldest first. */
export function useStageVisits(customerId: string) {
  const key = useKey();
  return useQuery({
    queryKey: key('customers', 'stages', customerId),
    queryFn: async ({ signal }) =>
      (await unwrap(client.GET('/v1/customers/{id}/lifecycle', { params: { path: { id: customerId } }, signal }))).data,
  });
}

/** Moves a customer to another stage. A move that is not allowed, or no longer, is a 409. */
export function useMoveCustomer(customerId: string) {
  const queries = useQueryClient();
  const key = useKey();
  return useMutation({
    mutationFn: ({ change, etag }: { change: StageChange; etag?: string }) =>
      versioned(
        client.POST('/v1/customers/{id}/lifecycle', { params: { path: { id: customerId }, header: ifMatch(etag) }, body: change }),
      ),
    onSuccess: (changed) => {
      showCustomer(queries, key('customers'), changed);
      // A won customer may get a task from a rule.
      for (const resource of ['tasks', 'home']) void queries.invalidateQueries({ queryKey: key(resource) });
      void queries.invalidateQueries({ queryKey: key('customers', 'stages', customerId) });
    },
    onError: () => queries.invalidateQueries({ queryKey: key('customers', 'one', customerId) }),
  });
}
