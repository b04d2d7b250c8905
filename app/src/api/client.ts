import createClient from 'openapi-fetch';

import { errorOf } from './errors';
import { apiOrigin } from './origin';
import type { paths } from './schema';
import { send } from './transport';

export { ApiError, fieldErrors } from './errors';

export const client = createClient<paths>({ baseUrl: apiOrigin, fetch: send });

/** Takes the data out of an answer, or throws what went wrong as an ApiError. */
export async function unwrap<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw errorOf(response, error);
  return data as T; // undefined only where the API answers 204, and T says so
}
