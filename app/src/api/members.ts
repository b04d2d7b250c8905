import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';

import { client, unwrap } from './client';
import { useKey } from './query';
import type { components } from './schema';

export type Member = components['schemas']['TeamMember'];
export type MemberPatch = components['schemas']['MemberPatch'];

/**
 * Everybody in the company, deactivated members too. For showing names a list that is some minutes old will do; who chooses
 * somebody wants to see who has just joined.
 */
export function useMembers({ enabled = true, choosing = false } = {}) {
  const key = useKey();
  return useQuery({
    queryKey: key('members'),
    queryFn: async ({ signal }) => (await unwrap(client.GET('/v1/members', { signal }))).data,
    staleTime: choosing ? 0 : 5 * 60_000,
    enabled,
  });
}

/** Finds a member's name; empty while the list is on its way and for nobody. */
export function useMemberNames(): (id: string | null | undefined) => string {
  const { data } = useMembers();
  return useMemo(() => {
    const names = new Map(data?.map((member) => [member.id, member.name]));
    return (id) => (id ? names.get(id) : undefined) ?? '';
  }, [data]);
}

function useMembersChanged() {
  const queries = useQueryClient();
  const key = useKey();
  return () => queries.invalidateQueries({ queryKey: key('members') });
}

export function useUpdateMember() {
  return useMutation({
    mutationFn: ({ id, patch }: { id: string; patch: MemberPatch }) =>
      unwrap(client.PATCH('/v1/members/{id}', { params: { path: { id } }, body: patch })),
    onSuccess: useMembersChanged(),
  });
}

/** Lets a member in again, or out: a deactivated member is signed out everywhere and keeps what they own. */
export function useSetMemberActive() {
  return useMutation({
    mutationFn: ({ id, active }: { id: string; active: boolean }) =>
      active
        ? unwrap(client.POST('/v1/members/{id}/reactivate', { params: { path: { id } } }))
        : unwrap(client.POST('/v1/members/{id}/deactivate', { params: { path: { id } } })),
    onSuccess: useMembersChanged(),
  });
}
