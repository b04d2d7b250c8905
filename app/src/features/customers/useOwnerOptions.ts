import { useMemo } from 'react';

import { useMembers } from '@/api/members';
import { useScope, useSession } from '@/api/session';
import { reach } from '@/features/settings/tree';
import { useFormat } from '@/i18n/format';

/** Who may get a customer from the person: those whom the permission reaches, by name. */
export function useOwnerOptions(permission: 'customer:create' | 'customer:update'): { value: string; label: string }[] {
  const { member } = useSession();
  const scope = useScope(permission);
  const { data: members } = useMembers({ choosing: true });
  const { compareNames } = useFormat();
  return useMemo(
    () =>
      reach(members ?? [], member?.id ?? '', scope)
        .map(({ id, name }) => ({ value: id, label: name }))
        .sort((a, b) => compareNames(a.label, b.label)),
    [members, member, scope, compareNames],
  );
}
