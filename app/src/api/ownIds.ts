import { ApiError } from './errors';
import { newId } from './newId';

type Identified<T> = T & { id: string };

const unanswered = new Map<string, object>();

/**
 * Creates a record under an id of our own. The same content gets the same id until an answer came, so pressing the button
 * again after a lost connection makes nothing twice, be it days later.
 */
export async function createOnce<T extends object, R>(prefix: string, body: T, post: (body: Identified<T>) => Promise<R>): Promise<R> {
  const key = contentOf(prefix, body);
  const own = (unanswered.get(key) as Identified<T> | undefined) ?? { ...body, id: newId(prefix) };
  unanswered.set(key, own);
  try {
    const created = await post(own);
    unanswered.delete(key);
    return created;
  } catch (error) {
    if (wasRefused(error)) unanswered.delete(key);
    throw error;
  }
}

/** Takes over what createOnce could not bring to the server, with its id: who takes it sees to it. */
export function takeUnanswered<T extends object>(prefix: string, body: T): Identified<T> {
  const key = contentOf(prefix, body);
  const own = unanswered.get(key) as Identified<T> | undefined;
  unanswered.delete(key);
  return own ?? { ...body, id: newId(prefix) };
}

/** The header by which the server recognises a repeat at once; the id alone would only be refused as taken. */
export const repeatable = ({ id }: { id?: string | null }) => (id ? { headers: { 'Idempotency-Key': id } } : {});

/** Whether the server said no. After a 5xx, as without an answer, nobody knows what was carried out. */
function wasRefused(error: unknown): boolean {
  return error instanceof ApiError && error.status > 0 && error.status < 500;
}

const contentOf = (prefix: string, body: object) => `${prefix} ${JSON.stringify(body)}`;
