import { router, useGlobalSearchParams } from 'expo-router';
import { useCallback, useMemo } from 'react';

import type { CustomerQuery } from '@/api/customers';
import { useMembers } from '@/api/members';
import { useScope, useSession } from '@/api/session';
import { reach } from '@/features/settings/tree';

import { listParams, queryOf, readListState, viewsOf, type ListState, type View } from './listState';

export interface CustomerList {
  state: ListState;
  views: View[];
  query: CustomerQuery;
  /** False while it is not known yet who belongs to the team. */
  ready: boolean;
  change: (part: Partial<ListState>) => void;
  /** The address of a customer, which keeps the list beside it and behind it. */
  hrefOf: (customerId: string, tab?: string) => string;
  /** The address of the list itself. */
  listHref: string;
}

/** The list that the address describes. The page of a customer carries the same parameters. */
export function useListState(): CustomerList {
  const params = useGlobalSearchParams();
  const scope = useScope('customer:read');
  const { member } = useSession();
  const { data: members } = useMembers({ enabled: scope !== 'own' });

  const team = useMemo(() => (members && member ? reach(members, member.id, 'team').map(({ id }) => id) : undefined), [members, member]);
  const views = useMemo(() => viewsOf(scope, (team?.length ?? 0) > 1), [scope, team]);
  const { view, filter, q, sort } = params;
  const state = useMemo(() => readListState({ view, filter, q, sort }, views), [view, filter, q, sort, views]);
  const narrowed = state.view === 'team' && scope === 'all';
  const query = useMemo(() => queryOf(state, narrowed ? team : undefined), [state, narrowed, team]);

  const change = useCallback((part: Partial<ListState>) => router.setParams(listParams({ ...state, ...part }, views)), [state, views]);
  const links = useMemo(() => {
    const kept = Object.entries(listParams(state, views)).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const search = kept.length > 0 ? `?${new URLSearchParams(kept).toString()}` : '';
    return {
      hrefOf: (customerId: string, tab?: string) => `/customers/${customerId}${tab ? `/${tab}` : ''}${search}`,
      listHref: `/customers${search}`,
    };
  }, [state, views]);

  return { state, views, query, ready: !narrowed || team !== undefined, change, ...links };
}
