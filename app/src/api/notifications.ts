import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { client, unwrap } from './client';
import { useKey } from './query';
import type { components } from './schema';

export type Notification = components['schemas']['Notification'];

export type NotificationView = 'all' | 'unread';

const PAGE = 50;
const POLL = 60_000;

export function useNotifications(view: NotificationView) {
  const key = useKey();
  return useInfiniteQuery({
    queryKey: key('notifications', 'list', view),
    queryFn: ({ pageParam, signal }) => {
      const query = { filter: view === 'unread' ? 'NOT read_at:*' : undefined, order_by: 'created_at desc', limit: PAGE, cursor: pageParam };
      return unwrap(client.GET('/v1/notifications', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    staleTime: 0, // whoever opens the list wants to see what is new
  });
}

/** The number on the bell. It asks once a minute, and not while the screen is hidden. */
export function useUnreadCount(): number {
  const key = useKey();
  const { data } = useQuery({
    queryKey: key('notifications', 'unread'),
    queryFn: async ({ signal }) => (await unwrap(client.GET('/v1/notifications/unread-count', { signal }))).unread,
    refetchInterval: POLL,
    staleTime: 0, // or it would contradict the list beside it
  });
  return data ?? 0;
}

/** Marks notifications as read; all unread ones when no ids are given. */
export function useMarkRead() {
  const queries = useQueryClient();
  const key = useKey();
  return useMutation({
    mutationFn: (ids: string[] | undefined) => unwrap(client.POST('/v1/notifications/read', { body: { ids } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key('notifications') }),
  });
}
