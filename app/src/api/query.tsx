import { createAsyncStoragePersister } from '@tanstack/query-async-storage-persister';
import { QueryClient, type InfiniteData, type QueryKey } from '@tanstack/react-query';
import { PersistQueryClientProvider, type PersistedClient } from '@tanstack/react-query-persist-client';
import { useCallback, useEffect, useState, type ReactNode } from 'react';

import { cacheKey } from './cacheStorage';
import { ApiError } from './errors';
import { watchServer } from './online';
import { cacheStorage } from './persister';
import { useSession } from './session';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: ApiError;
    queryMeta: {
      /** false for what is not worth keeping on the device, such as results of a search. */
      persist?: boolean;
    };
  }
}

const minute = 60_000;
const week = 7 * 24 * 60 * minute;

/** Pages of a long list that are kept on the device. */
const pagesKept = 3;

/** Increased when the kept answers would no longer fit the screens. */
const cacheVersion = '1';

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: worthRetry, staleTime: minute / 2, gcTime: week },
      // Without a network a change fails at once and its form says so, instead of waiting unseen.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

/** Without a network a query waits instead; what the server refuses once, it refuses again. */
export function worthRetry(failures: number, error: Error): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.offline) return true;
  return failures < 2 && (error.status >= 500 || error.status === 429);
}

/** Keeps the first pages of lists only: writing ten thousand customers after every change would stall the page. */
export function serialize(client: PersistedClient): string {
  return JSON.stringify(client, (_key, value: unknown) => (isInfinite(value) ? firstPages(value) : value));
}

function isInfinite(value: unknown): value is InfiniteData<unknown> {
  return typeof value === 'object' && value !== null && 'pages' in value && 'pageParams' in value && Array.isArray(value.pages);
}

const firstPages = ({ pages, pageParams }: InfiniteData<unknown>) => ({
  pages: pages.slice(0, pagesKept),
  pageParams: pageParams.slice(0, pagesKept),
});

/**
 * Provides the cache of the person who is signed in. Another person or company gets another one, and everything below is
 * built anew, so that nothing of the one shows in the other.
 */
export function QueryProvider({ children }: { children: ReactNode }) {
  const { company, member } = useSession();
  const identity = cacheKey(company?.id ?? '', member?.id ?? '');
  useEffect(watchServer, []);
  return (
    <CacheOf key={identity} identity={identity} persist={company !== undefined}>
      {children}
    </CacheOf>
  );
}

/**
 * The cache of one person on the device. Writing lags behind by a second, in which the cache may have been wiped: nothing is
 * written after the person left.
 */
function openCache(identity: string) {
  let present = false;
  const storage = {
    ...cacheStorage,
    setItem: async (key: string, value: string) => {
      if (present) await cacheStorage.setItem(key, value);
    },
  };
  return {
    persister: createAsyncStoragePersister({ key: identity, serialize, storage }),
    use: () => {
      present = true;
      return () => {
        present = false;
      };
    },
  };
}

function CacheOf({ identity, persist, children }: { identity: string; persist: boolean; children: ReactNode }) {
  const [queries] = useState(makeQueryClient);
  const [cache] = useState(() => openCache(identity));
  useEffect(() => cache.use(), [cache]);
  return (
    <PersistQueryClientProvider
      client={queries}
      persistOptions={{
        persister: cache.persister,
        maxAge: week,
        buster: cacheVersion,
        dehydrateOptions: {
          shouldDehydrateMutation: () => false,
          shouldDehydrateQuery: (query) => persist && query.state.status === 'success' && query.meta?.persist !== false,
        },
      }}
    >
      {children}
    </PersistQueryClientProvider>
  );
}

/** Makes query keys, which all begin with company and person: key('customers', id). */
export function useKey(): (...parts: unknown[]) => QueryKey {
  const { company, member } = useSession();
  const companyId = company?.id ?? '';
  const memberId = member?.id ?? '';
  return useCallback((...parts: unknown[]) => [companyId, memberId, ...parts], [companyId, memberId]);
}
