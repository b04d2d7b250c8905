import { clear, createStore, del, get, set } from 'idb-keyval';

import type { CacheStorage } from './cacheStorage';

// IndexedDB, because a page of customers outgrows localStorage. Private windows may refuse it; then nothing is kept.
const store = typeof indexedDB === 'undefined' ? undefined : createStore('guanxi', 'cache');

/** Where a browser keeps what was read, for reading it without a network. */
export const cacheStorage: CacheStorage = {
  getItem: async (key) => (store ? ((await get<string>(key, store).catch(() => undefined)) ?? null) : null),
  setItem: async (key, value) => {
    if (store) await set(key, value, store).catch(() => undefined);
  },
  removeItem: async (key) => {
    if (store) await del(key, store).catch(() => undefined);
  },
};

/** Forgets what anybody has read in this browser. */
export async function wipeCache(): Promise<void> {
  if (store) await clear(store).catch(() => undefined);
}
