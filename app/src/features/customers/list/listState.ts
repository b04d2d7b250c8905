import type { CustomerQuery } from '@/api/customers';
import type { Scope } from '@/api/session';

import { quote } from '../filter/tokens';

export const VIEWS = ['mine', 'team', 'all'] as const;
export type View = (typeof VIEWS)[number];

export const SORTS = [
  '-updated_at',
  '-last_interaction_at',
  'last_interaction_at',
  'next_follow_up_at',
  'name',
  '-created_at',
] as const;
export type Sort = (typeof SORTS)[number] | '-name' | 'created_at' | 'updated_at' | '-next_follow_up_at';
export const DEFAULT_SORT: Sort = '-updated_at';

const SORTABLE = /^-?(name|created_at|updated_at|last_interaction_at|next_follow_up_at)$/;

/** What the address says of a list. Everything else follows from it. */
export interface ListState {
  view: View;
  filter: string;
  q: string;
  sort: Sort;
}

/** The views that somebody has: their own customers, those of the people below, everybody's. */
export function viewsOf(scope: Scope | undefined, hasReports: boolean): View[] {
  if (scope === 'all') return hasReports ? ['mine', 'team', 'all'] : ['mine', 'all'];
  return scope === 'team' ? ['mine', 'team'] : ['mine'];
}

type Params = Record<string, string | string[] | undefined>;

const first = (value: string | string[] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? '';

/** Reads the address. What it does not say, or says wrongly, is the widest view in the usual order. */
export function readListState(params: Params, views: View[]): ListState {
  const view = first(params.view);
  const sort = first(params.sort);
  const filter = first(params.filter);
  return {
    view: views.find((known) => known === view) ?? views.at(-1) ?? 'mine',
    // Notices link to the quiet customers as to a view; on screen that is a filter like others.
    filter: view === 'quiet' && filter === '' ? 'quiet = true' : filter,
    q: first(params.q),
    sort: SORTABLE.test(sort) ? (sort as Sort) : DEFAULT_SORT,
  };
}

/** Writes the address; what is usual is left out, and undefined takes a parameter away. */
export function listParams(state: ListState, views: View[]): Record<'view' | 'filter' | 'q' | 'sort', string | undefined> {
  return {
    view: state.view === (views.at(-1) ?? 'mine') ? undefined : state.view,
    filter: state.filter || undefined,
    q: state.q || undefined,
    sort: state.sort === DEFAULT_SORT ? undefined : state.sort,
  };
}

/** What the server is asked. team names the people of the team, for whom their own reach is wider than the team. */
export function queryOf(state: ListState, team: string[] | undefined): CustomerQuery {
  const owners = state.view === 'mine' ? 'owner = me' : team ? teamFilter(team) : '';
  const filter = [owners, state.filter].filter(Boolean).join(' AND ');
  const orderBy = state.sort.startsWith('-') ? `${state.sort.slice(1)} desc` : state.sort;
  return { filter, q: state.q.trim(), orderBy };
}

function teamFilter(team: string[]): string {
  const owners = team.map((id) => `owner = ${quote(id)}`);
  return owners.length === 1 ? owners.join() : `(${owners.join(' OR ')})`;
}
