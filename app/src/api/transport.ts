import { authorize, dropTokens, keepTokens, refreshBody } from './credentials';
import { ApiError } from './errors';
import { Attempt } from './idempotency';
import { reportReachable } from './online';
import { apiOrigin } from './origin';
import type { components } from './schema';

type Listener = () => void;

const listeners = new Set<Listener>();

/** Calls listener when the server no longer knows the session. */
export function onSessionEnd(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// They answer 401 for reasons of their own, and have no session that could be renewed.
const outsideSession = /\/v1\/(auth\/(login|refresh)|signup|invitations\/accept|invitation-links\/[^/]+)$/;

/**
 * Sends a request as the person who is signed in. An expired access token is renewed once, for all requests that wait for
 * it, and the request repeated; if it cannot be renewed, the session is over.
 */
export async function send(request: Request): Promise<Response> {
  const attempt = request.method === 'POST' ? await Attempt.of(request) : undefined;
  if (attempt) request.headers.set('Idempotency-Key', attempt.key);

  const spare = request.clone();
  let response = await sendOnce(request);
  if (response.status === 401 && !outsideSession.test(request.url)) {
    if (await renew()) response = await sendOnce(spare);
    if (response.status === 401) listeners.forEach((listener) => listener());
  }
  // After a 5xx nobody knows what was carried out: a repeat has to be recognised.
  if (response.status < 500) attempt?.answered();
  return response;
}

async function sendOnce(request: Request): Promise<Response> {
  await authorize(request.headers);
  return reach(request);
}

/** Fetches, and tells a missing network from an answer. */
async function reach(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    reportReachable(true);
    return response;
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    reportReachable(false);
    throw new ApiError({ status: 0, code: 'offline' }, { cause });
  }
}

let renewal: Promise<boolean> | undefined;

/** Renews the tokens. Everybody who asks while it is under way gets its result. */
function renew(): Promise<boolean> {
  renewal ??= renewOnce().finally(() => {
    renewal = undefined;
  });
  return renewal;
}

async function renewOnce(): Promise<boolean> {
  const body = await refreshBody();
  if (!body) return false;
  const request = new Request(`${apiOrigin}/v1/auth/refresh`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  await authorize(request.headers);
  // The old token is expired; sending it along would only be one more reason to refuse.
  request.headers.delete('Authorization');
  const response = await reach(request);
  if (response.ok) {
    await keepTokens((await response.json()) as components['schemas']['Tokens']);
    return true;
  }
  await response.body?.cancel(); // unread, it would keep its connection
  if (response.status === 401) {
    await dropTokens();
    return false;
  }
  // Busy or broken is not ended: the request fails, the session stays.
  throw new ApiError({ status: response.status, code: `http_${response.status}` });
}
