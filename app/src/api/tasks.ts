import { type QueryClient, type QueryKey, useInfiniteQuery, useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';

import { useToday } from '@/i18n/useNow';

import { client, unwrap } from './client';
import { createOnce, repeatable } from './ownIds';
import { useKey } from './query';
import type { components } from './schema';
import { taskFilter, type TaskView, type Whose } from './taskFilter';
import { ifMatch, versioned, type Versioned } from './versioned';

export type Task = components['schemas']['Task'];
export type NewTask = components['schemas']['NewTask'];
export type TaskPatch = components['schemas']['TaskPatch'];
type TaskPage = components['schemas']['PageTask'];

const PAGE = 50;

/** The tasks of a view, page by page; the first page carries the total. At midnight other lists begin. */
export function useTasks(view: TaskView, whose: Whose) {
  const key = useKey();
  const today = useToday();
  return useInfiniteQuery({
    queryKey: key('tasks', 'view', view, whose, today),
    queryFn: ({ pageParam, signal }) => {
      const query = {
        filter: taskFilter(view, whose, today),
        order_by: view === 'done' ? 'completed_at desc' : 'due_at',
        limit: PAGE,
        ...(pageParam ? { cursor: pageParam } : { count: true }),
      };
      return unwrap(client.GET('/v1/tasks', { params: { query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
}

/** The tasks of one customer, open ones first by due time, then the done ones. */
export function useCustomerTasks(customerId: string) {
  const key = useKey();
  return useQuery({
    queryKey: key('tasks', 'customer', customerId),
    queryFn: async ({ signal }) => {
      const list = (status: Task['status'], order_by: string) =>
        unwrap(client.GET('/v1/tasks', { params: { query: { filter: `customer="${customerId}" AND status="${status}"`, order_by, limit: 100 } }, signal }));
      const [open, done] = await Promise.all([list('open', 'due_at'), list('done', 'completed_at desc')]);
      return [...open.data, ...done.data];
    },
  });
}

/** How many tasks each of the views holds, counted by the server up to 1000. */
export function useTaskCounts(views: TaskView[], whose: Whose): Partial<Record<TaskView, number>> {
  const key = useKey();
  const today = useToday();
  return useQueries({
    queries: views.map((view) => ({
      queryKey: key('tasks', 'count', view, whose, today),
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const query = { filter: taskFilter(view, whose, today), limit: 1, count: true };
        return (await unwrap(client.GET('/v1/tasks', { params: { query }, signal }))).total ?? 0;
      },
    })),
    combine: (results) => Object.fromEntries(views.map((view, i) => [view, results[i]?.data])),
  });
}

export function useTask(id: string | undefined) {
  const key = useKey();
  return useQuery({
    queryKey: key('tasks', 'one', id),
    queryFn: ({ signal }) => versioned(client.GET('/v1/tasks/{id}', { params: { path: { id: id! } }, signal })),
    enabled: !!id,
  });
}

/** What a change of tasks changes besides: figures of home, a customer's next follow-up. */
function useTasksChanged() {
  const queries = useQueryClient();
  const key = useKey();
  return () =>
    Promise.all(['tasks', 'home', 'customers'].map((resource) => queries.invalidateQueries({ queryKey: key(resource) })));
}

export const postTask = (body: NewTask) => unwrap(client.POST('/v1/tasks', { body, ...repeatable(body) }));

export function useCreateTask() {
  const changed = useTasksChanged();
  return useMutation({
    mutationFn: (body: NewTask) => createOnce('tsk', body, postTask),
    onSuccess: changed,
  });
}

/** Changes a task. Every list shows the change at once and takes it back when the server refuses. */
export function useUpdateTask() {
  const queries = useQueryClient();
  const key = useKey();
  const changed = useTasksChanged();
  return useMutation({
    mutationFn: ({ id, patch, etag }: { id: string; patch: TaskPatch; etag?: string }) =>
      unwrap(client.PATCH('/v1/tasks/{id}', { params: { path: { id }, header: ifMatch(etag) }, body: patch })),
    onMutate: async ({ id, patch }) => {
      await queries.cancelQueries({ queryKey: key('tasks') });
      return { before: showChanged(queries, key('tasks'), id, patch) };
    },
    onError: (_error, _change, context) => context?.before.forEach(([at, data]) => queries.setQueryData(at, data)),
    onSettled: changed,
  });
}

export function useDeleteTask() {
  const changed = useTasksChanged();
  return useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE('/v1/tasks/{id}', { params: { path: { id } } })),
    onSuccess: changed,
  });
}

type Cached = Task[] | { pages: TaskPage[] } | Versioned<Task> | number;

/** Writes a change into everything cached that shows the task, and returns what was there before. */
function showChanged(queries: QueryClient, under: QueryKey, id: string, patch: TaskPatch) {
  const before = queries.getQueriesData<Cached>({ queryKey: under });
  const change = (task: Task): Task => (task.id === id ? ({ ...task, ...patch } as Task) : task);
  queries.setQueriesData<Cached>({ queryKey: under }, (cached: Cached | undefined) => {
    if (!cached || typeof cached === 'number') return cached;
    if (Array.isArray(cached)) return cached.map(change);
    if ('pages' in cached) return { ...cached, pages: cached.pages.map((page) => ({ ...page, data: page.data.map(change) })) };
    return { ...cached, record: change(cached.record) };
  });
  return before;
}
