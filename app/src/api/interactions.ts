import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';

import { client, unwrap } from './client';
import { createOnce, repeatable } from './ownIds';
import { useKey } from './query';
import type { components } from './schema';

export type Interaction = components['schemas']['Interaction'];
export type NewInteraction = components['schemas']['NewInteraction'];
export type InteractionPatch = components['schemas']['InteractionPatch'];

const PAGE = 30;

/** The interactions with a customer, newest first. */
export function useInteractions(customerId: string) {
  const key = useKey();
  return useInfiniteQuery({
    queryKey: key('interactions', customerId),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET('/v1/customers/{id}/interactions', {
          params: { path: { id: customerId }, query: { limit: PAGE, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
}

/** What a contact changes besides: when a customer was last heard of, its tasks, the figures of home. */
function useContactChanged() {
  const queries = useQueryClient();
  const key = useKey();
  return () =>
    Promise.all(
      ['interactions', 'customers', 'tasks', 'home'].map((resource) => queries.invalidateQueries({ queryKey: key(resource) })),
    );
}

export const postInteraction = (body: NewInteraction) => unwrap(client.POST('/v1/interactions', { body, ...repeatable(body) }));

export function useLogInteraction() {
  const changed = useContactChanged();
  return useMutation({
    mutationFn: (body: NewInteraction) => createOnce('int', body, postInteraction),
    onSuccess: () => void changed(),
  });
}

export function useUpdateInteraction() {
  const changed = useContactChanged();
  return useMutation({
    mutationFn: ({ id, patch }: { id: string; patch: InteractionPatch }) =>
      unwrap(client.PATCH('/v1/interactions/{id}', { params: { path: { id } }, body: patch })),
    onSuccess: () => void changed(),
  });
}

export function useDeleteInteraction() {
  const changed = useContactChanged();
  return useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE('/v1/interactions/{id}', { params: { path: { id } } })),
    onSettled: () => void changed(),
  });
}
