import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { client, unwrap } from './client';
import { useKey } from './query';
import type { components } from './schema';

export type Import = components['schemas']['Import'];
export type ImportColumn = components['schemas']['ImportColumn'];
export type ImportOptions = components['schemas']['ImportOptions'];
export type ImportPatch = components['schemas']['ImportPatch'];
export type ImportPreview = components['schemas']['ImportPreview'];
export type ImportProblem = components['schemas']['ImportProblem'];
export type ImportRow = components['schemas']['ImportRow'];
export type PreviewRow = components['schemas']['PreviewRow'];
export type ColumnMapping = components['schemas']['ColumnMapping'];
export type Outcome = ImportRow['outcome'];

/** Whether a worker is busy with the import. */
export const isUnderWay = (status: Import['status']): boolean => ['queued', 'running', 'undoing'].includes(status);

const POLL_MS = 700;

export function useImports() {
  const key = useKey();
  return useInfiniteQuery({
    queryKey: key('imports', 'list'),
    queryFn: ({ pageParam, signal }) =>
      unwrap(client.GET('/v1/imports', { params: { query: { limit: 30, ...(pageParam && { cursor: pageParam }) } }, signal })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
}

/** An import; while a worker is busy with it, its progress is read again and again. */
export function useImport(id: string) {
  const key = useKey();
  return useQuery({
    queryKey: key('imports', 'one', id),
    queryFn: ({ signal }) => unwrap(client.GET('/v1/imports/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data.status) ? POLL_MS : false),
  });
}

export function useUploadImport() {
  const queries = useQueryClient();
  const key = useKey();
  return useMutation({
    mutationFn: (file: File) =>
      unwrap(
        client.POST('/v1/imports', {
          // The schema says string for binary; the form carries the file itself.
          body: { file: file as unknown as string },
          bodySerializer: () => {
            const form = new FormData();
            form.append('file', file);
            return form;
          },
        }),
      ),
    onSuccess: (created) => {
      queries.setQueryData(key('imports', 'one', created.id), created);
      return queries.invalidateQueries({ queryKey: key('imports', 'list') });
    },
  });
}

/** What the import comes to with its present mapping and options. Reading it changes nothing. */
export function useImportPreview(id: string, enabled: boolean) {
  const key = useKey();
  return useQuery({
    queryKey: key('imports', 'preview', id),
    queryFn: ({ signal }) => unwrap(client.PATCH('/v1/imports/{id}', { params: { path: { id } }, body: {}, signal })),
    enabled,
    staleTime: Infinity,
  });
}

/** Changes how the file is read, mapped or taken in, and shows what it comes to now. */
export function useMapImport(id: string) {
  const queries = useQueryClient();
  const key = useKey();
  return useMutation({
    mutationFn: (patch: ImportPatch) => unwrap(client.PATCH('/v1/imports/{id}', { params: { path: { id } }, body: patch })),
    // Changes made in quick succession arrive in the order they were made.
    scope: { id: `import ${id}` },
    onSuccess: (preview) => {
      queries.setQueryData(key('imports', 'preview', id), preview);
      queries.setQueryData(key('imports', 'one', id), preview.import);
    },
  });
}

/** Runs, stops or undoes an import; the work itself is done by a worker. */
export function useSteerImport(id: string) {
  const queries = useQueryClient();
  const key = useKey();
  return useMutation({
    mutationFn: (verb: 'run' | 'cancel' | 'undo') => {
      const params = { path: { id } };
      if (verb === 'run') return unwrap(client.POST('/v1/imports/{id}/run', { params }));
      if (verb === 'cancel') return unwrap(client.POST('/v1/imports/{id}/cancel', { params }));
      return unwrap(client.POST('/v1/imports/{id}/undo', { params }));
    },
    onSuccess: (changed) => {
      queries.setQueryData(key('imports', 'one', id), changed);
      void queries.invalidateQueries({ queryKey: key('imports', 'list') });
    },
    onError: () => queries.invalidateQueries({ queryKey: key('imports', 'one', id) }),
  });
}

/** What an import changed: the customers and everything that counts them. */
export function useImportEnded() {
  const queries = useQueryClient();
  const key = useKey();
  return () => {
    for (const resource of ['customers', 'tags', 'home', 'imports']) void queries.invalidateQueries({ queryKey: key(resource) });
  };
}

export function useImportRows(id: string, outcome: Outcome, enabled: boolean) {
  const key = useKey();
  return useInfiniteQuery({
    queryKey: key('imports', 'rows', id, outcome),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET('/v1/imports/{id}/rows', {
          params: { path: { id }, query: { outcome, limit: 50, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    enabled,
  });
}

/** The rejected rows as a file to mend and import again. */
export const downloadRejected = (id: string, format: 'csv' | 'xlsx') =>
  unwrap(
    client.GET('/v1/imports/{id}/rejected', { params: { path: { id }, query: { format } }, parseAs: 'blob' }),
  ) as Promise<unknown> as Promise<Blob>;
