import { onlineManager } from '@tanstack/react-query';

import { ApiError, client, fieldErrors, unwrap } from './client';
import { dropTokens, keepTokens } from './credentials';
import { watchServer } from './online';
import { onSessionEnd } from './transport';

type Handler = (request: Request) => Response | Promise<Response>;

const answer = (status: number, body?: unknown, headers?: Record<string, string>) =>
  new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });

const calls: string[] = [];
const keys: (string | null)[] = [];

function serve(handler: Handler): void {
  globalThis.fetch = (async (request: Request) => {
    if (typeof request === 'string') return answer(200); // the question whether the server is there
    calls.push(`${request.method} ${new URL(request.url).pathname} ${request.headers.get('Authorization') ?? ''}`.trim());
    keys.push(request.headers.get('Idempotency-Key'));
    return handler(request);
  }) as typeof fetch;
}

beforeEach(async () => {
  calls.length = 0;
  keys.length = 0;
  await keepTokens({ access_token: 'old', refresh_token: 'first' });
  onlineManager.setOnline(true);
});

afterEach(() => jest.useRealTimers());

const listTags = () => unwrap(client.GET('/v1/tags'));

describe('an expired access token', () => {
  it('is renewed once for all requests that wait, which are then repeated', async () => {
    serve((request) => {
      if (request.url.endsWith('/auth/refresh')) return answer(200, { access_token: 'new', refresh_token: 'second', token_type: 'Bearer', expires_in: 900 });
      return request.headers.get('Authorization') === 'Bearer new' ? answer(200, { data: [] }) : answer(401, { code: 'unauthenticated' });
    });
    await Promise.all([listTags(), listTags(), listTags()]);
    expect(calls.filter((call) => call.includes('/auth/refresh'))).toEqual(['POST /v1/auth/refresh']);
    expect(calls.filter((call) => call.endsWith('Bearer new'))).toHaveLength(3);
  });

  it('ends the session when it cannot be renewed', async () => {
    const ended = jest.fn();
    const stop = onSessionEnd(ended);
    serve(() => answer(401, { code: 'unauthenticated' }));
    await expect(listTags()).rejects.toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(ended).toHaveBeenCalledTimes(1);
    stop();
  });

  it('keeps the session when the renewal failed for another reason', async () => {
    const ended = jest.fn();
    const stop = onSessionEnd(ended);
    serve((request) => (request.url.endsWith('/auth/refresh') ? answer(503, { code: 'unavailable' }) : answer(401, { code: 'unauthenticated' })));
    await expect(listTags()).rejects.toMatchObject({ status: 503 });
    expect(ended).not.toHaveBeenCalled();
    stop();
  });
});

it('does not renew anything for a wrong password', async () => {
  await dropTokens();
  serve(() => answer(401, { code: 'invalid_credentials' }));
  await expect(unwrap(client.POST('/v1/auth/login', { body: { identifier: 'a@b.example', password: 'x' } }))).rejects.toMatchObject({ code: 'invalid_credentials' });
  expect(calls).toEqual(['POST /v1/auth/login']);
});

describe('an error', () => {
  it('carries what the problem document says', async () => {
    serve(() =>
      answer(
        422,
        { code: 'invalid', title: 'Unprocessable Entity', detail: 'Some fields need mending.', request_id: 'r1', errors: [{ field: 'name', code: 'required', message: 'is required' }] },
        { 'Retry-After': '7' },
      ),
    );
    const error: unknown = await listTags().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, code: 'invalid', requestId: 'r1', retryAfter: 7, message: 'Some fields need mending.' });
    expect(fieldErrors(error)).toEqual({ name: 'is required' });
  });

  it('of a proxy has its status at least', async () => {
    serve(() => new Response('<html>', { status: 502 }));
    await expect(listTags()).rejects.toMatchObject({ status: 502, code: 'http_502' });
  });
});

it('tells a missing network from an answer, and asks until the server is back', async () => {
  jest.useFakeTimers();
  const stop = watchServer();
  serve(() => Promise.reject(new TypeError('Network request failed')));
  await expect(listTags()).rejects.toMatchObject({ status: 0, code: 'offline', offline: true });
  expect(onlineManager.isOnline()).toBe(false);
  await jest.advanceTimersByTimeAsync(2_000);
  expect(onlineManager.isOnline()).toBe(true);
  stop();
  expect(jest.getTimerCount()).toBe(0);
});

describe('the key of a POST', () => {
  const create = () => unwrap(client.POST('/v1/tags', { body: { name: 'VIP', colour: 'blue' } }));

  it('stays the same until an answer came', async () => {
    serve(() => answer(503, { code: 'outcome_unknown' }));
    await expect(create()).rejects.toMatchObject({ status: 503 });
    serve(() => answer(201, { id: 'tag_1', name: 'VIP' }));
    await create();
    await create();
    expect(keys[0]).toBeTruthy();
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });
});
