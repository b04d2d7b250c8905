import { useQuery } from '@tanstack/react-query';

import { client, unwrap } from './client';
import { useKey } from './query';
import type { components } from './schema';
import { useCan } from './session';

export type Role = components['schemas']['Role'];

export function useRoles() {
  const key = useKey();
  const enabled = useCan('role:read');
  return useQuery({
    queryKey: key('roles'),
    queryFn: async ({ signal }) => (await unwrap(client.GET('/v1/roles', { signal }))).data,
    staleTime: 60 * 60_000,
    enabled,
  });
}
