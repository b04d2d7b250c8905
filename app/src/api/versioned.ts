import { unwrap } from './client';

/** A record with the version that it was read at; a change sends it back as If-Match. */
export interface Versioned<T> {
  record: T;
  etag: string;
}

/** Like unwrap, for answers whose version matters. */
export async function versioned<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<Versioned<T>> {
  const answer = await call;
  const record = (await unwrap(Promise.resolve(answer))) as T;
  return { record, etag: answer.response.headers.get('ETag') ?? '' };
}

/** The header that makes a change conditional; without a version the change is made in any case. */
export const ifMatch = (etag: string | undefined) => (etag ? { 'If-Match': etag } : {});
