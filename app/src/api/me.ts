import { useMutation, useQueryClient } from '@tanstack/react-query';

import { client, unwrap } from './client';
import { useKey } from './query';
import type { components } from './schema';
import { useSession } from './session';

export type MePatch = components['schemas']['UpdateMeInputBody'];

/** Who one is stands in the session, and one's name in the list of members. */
function useMeChanged() {
  const queries = useQueryClient();
  const key = useKey();
  const { reload } = useSession();
  return () => Promise.all([reload(), queries.invalidateQueries({ queryKey: key('members') })]);
}

/** Changes name or language in this company. */
export function useUpdateMe() {
  return useMutation({
    mutationFn: (body: MePatch) => unwrap(client.PATCH('/v1/me', { body })),
    onSuccess: useMeChanged(),
  });
}

/** Changes the number to sign in by, in every company; an empty one takes it away. */
export function useChangePhone() {
  return useMutation({
    mutationFn: (body: { phone: string; current_password: string }) => unwrap(client.POST('/v1/me/phone', { body })),
    onSuccess: useMeChanged(),
  });
}

/** Changes the password and ends all other sessions, whose number it answers. */
export function useChangePassword() {
  const queries = useQueryClient();
  const key = useKey();
  return useMutation({
    mutationFn: async (body: { current_password: string; password: string }) =>
      (await unwrap(client.POST('/v1/me/password', { body }))).ended,
    onSuccess: () => queries.invalidateQueries({ queryKey: key('sessions') }),
  });
}
