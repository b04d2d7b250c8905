import { useQuery } from '@tanstack/react-query';

import { client, unwrap } from './client';
import { useKey } from './query';
import type { components } from './schema';

export type Tag = components['schemas']['Tag'];

/** All tags of the company, in alphabetical order. New ones are made by giving a customer a tag of that name. */
export function useTags({ enabled = true } = {}) {
  const key = useKey();
  return useQuery({
    queryKey: key('tags'),
    queryFn: async ({ signal }) => (await unwrap(client.GET('/v1/tags', { signal }))).data,
    staleTime: 60_000,
    enabled,
  });
}
