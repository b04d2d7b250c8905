import { returnTo } from './returnTo';

it.each([
  ['/customers/cus_1?tab=tasks', '/customers/cus_1?tab=tasks'],
  [undefined, '/'],
  ['', '/'],
  ['https://evil.example', '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/sign-in?next=/tasks', '/'],
])('%s leads to %s', (next, want) => {
  expect(returnTo(next)).toBe(want);
});
