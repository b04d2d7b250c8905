import { useInfiniteQuery, useQuery } from '@tanstack/react-query';

import { addDays } from '@/i18n/zone';

import { client, unwrap } from './client';
import { useKey } from './query';
import type { components } from './schema';

export type Home = components['schemas']['Home'];
export type HomeFigure = components['schemas']['HomeFigure'];
export type HomePerson = components['schemas']['HomePerson'];

/** The figures of the day; each counts what the list that it opens shows. */
export function useHome() {
  const key = useKey();
  return useQuery({
    queryKey: key('home'),
    queryFn: ({ signal }) => unwrap(client.GET('/v1/home', { signal })),
    refetchInterval: 5 * 60_000,
  });
}

/** The first of the customers that a figure counts, those without contact for longest first. */
export function useQuietCustomers(figure: HomeFigure | undefined, limit: number) {
  const key = useKey();
  return useQuery({
    queryKey: key('customers', 'quiet', figure?.filter, limit),
    queryFn: ({ signal }) => customers({ filter: figure?.filter, order_by: 'last_interaction_at', limit }, signal),
    enabled: !!figure?.count,
  });
}

/** The customers of mine that were in contact last. */
export function useRecentCustomers(limit: number) {
  const key = useKey();
  return useQuery({
    queryKey: key('customers', 'recent', limit),
    queryFn: ({ signal }) =>
      customers({ filter: 'owner = me AND last_interaction_at:*', order_by: 'last_interaction_at desc', limit }, signal),
  });
}

const customers = async (query: { filter?: string; order_by: string; limit: number }, signal: AbortSignal) =>
  (await unwrap(client.GET('/v1/customers', { params: { query }, signal }))).data;

/** The interactions that somebody logged for a day. */
export function useLoggedInteractions(author: string, day: string) {
  const key = useKey();
  return useInfiniteQuery({
    queryKey: key('interactions', 'logged', author, day),
    queryFn: ({ pageParam, signal }) => {
      const who = author === 'me' ? 'me' : `"${author}"`;
      const filter = `author = ${who} AND occurred_at >= "${day}" AND occurred_at < "${addDays(day, 1)}"`;
      const query = { filter, order_by: 'occurred_at desc', limit: 50, ...(pageParam && { cursor: pageParam }) };
      return unwrap(client.GET('/v1/interactions', { params: { query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
}
