/** A store of texts by key, as the persister of the query cache wants it. */
export type CacheStorage = {
  getItem: (key: string) => Promise<string | null>;
  setItem: (key: string, value: string) => Promise<void>;
  removeItem: (key: string) => Promise<void>;
};

export const cachePrefix = 'guanxi-cache:';

/** Each person has a cache of their own in each company. */
export const cacheKey = (companyId: string, memberId: string) => `${cachePrefix}${companyId}:${memberId}`;
