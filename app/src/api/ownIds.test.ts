import { ApiError } from './errors';
import { createOnce, takeUnanswered } from './ownIds';

const failing = (status: number) => () => Promise.reject(new ApiError({ status, code: 'x' }));

/** Runs createOnce and answers the id that it was tried with. */
async function idOf(body: object, post: () => Promise<unknown>): Promise<string> {
  let id = '';
  await createOnce('int', body, (own) => {
    id = own.id;
    return post();
  }).catch(() => undefined);
  return id;
}

it.each([0, 503])('tries the same content under the same id after %i, and another content under another', async (status) => {
  const first = await idOf({ a: status }, failing(status));
  expect(await idOf({ a: status }, failing(status))).toBe(first);
  expect(await idOf({ b: status }, failing(status))).not.toBe(first);
  expect(takeUnanswered('int', { a: status }).id).toBe(first);
});

it('begins anew once the server has answered', async () => {
  const first = await idOf({ c: 1 }, failing(422));
  const second = await idOf({ c: 1 }, async () => undefined);
  expect(second).not.toBe(first);
  expect(await idOf({ c: 1 }, async () => undefined)).not.toBe(second);
});
