import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { client, unwrap } from './client';
import { useKey } from './query';
import type { components } from './schema';
import { useCan } from './session';

export type Invitation = components['schemas']['Invitation'];
export type NewInvitation = components['schemas']['NewInvitation'];
export type OpenInvitation = components['schemas']['OpenInvitation'];

export function useInvitations() {
  const key = useKey();
  const enabled = useCan('invitation:read');
  return useQuery({
    queryKey: key('invitations'),
    queryFn: async ({ signal }) => (await unwrap(client.GET('/v1/invitations', { signal }))).data,
    enabled,
  });
}

/** What the holder of a link may know. It is asked without being signed in, so its key names no company. */
export function useOpenInvitation(token: string) {
  return useQuery({
    queryKey: ['invitation-link', token],
    queryFn: ({ signal }) => unwrap(client.GET('/v1/invitation-links/{token}', { params: { path: { token } }, signal })),
    retry: false,
  });
}

function useInvitationsChanged() {
  const queries = useQueryClient();
  const key = useKey();
  return () => queries.invalidateQueries({ queryKey: key('invitations') });
}

/** Invites somebody. The answer carries the link, which is shown only this once. */
export function useInvite() {
  return useMutation({
    mutationFn: (body: NewInvitation) => unwrap(client.POST('/v1/invitations', { body })),
    onSuccess: useInvitationsChanged(),
  });
}

/** Gives an invitation a fresh link and a fresh week; earlier links work no more. */
export function useResendInvitation() {
  return useMutation({
    mutationFn: (id: string) => unwrap(client.POST('/v1/invitations/{id}/resend', { params: { path: { id } } })),
    onSuccess: useInvitationsChanged(),
  });
}

export function useRevokeInvitation() {
  return useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE('/v1/invitations/{id}', { params: { path: { id } } })),
    onSettled: useInvitationsChanged(),
  });
}
