import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { client, unwrap } from './client';
import { useKey } from './query';
import type { components } from './schema';

/** A device on which the person is signed in. */
export type DeviceSession = components['schemas']['Session'];

export function useSessions() {
  const key = useKey();
  return useQuery({
    queryKey: key('sessions'),
    queryFn: async ({ signal }) => (await unwrap(client.GET('/v1/sessions', { signal }))).data,
  });
}

function useSessionsChanged() {
  const queries = useQueryClient();
  const key = useKey();
  return () => queries.invalidateQueries({ queryKey: key('sessions') });
}

export function useEndSession() {
  return useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE('/v1/sessions/{id}', { params: { path: { id } } })),
    onSettled: useSessionsChanged(),
  });
}

export function useEndOtherSessions() {
  return useMutation({
    mutationFn: async () => (await unwrap(client.POST('/v1/sessions/end-others'))).ended,
    onSettled: useSessionsChanged(),
  });
}
