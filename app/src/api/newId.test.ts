import { newId } from './newId';

it('has the form of the server', () => {
  expect(newId('cus')).toMatch(/^cus_0[0-9a-hjkmnp-tv-z]{25}$/);
});

it('carries the time: later ids sort later, and no two are alike', () => {
  const ids = [1, 2, 3].map((ms) => newId('int', Date.UTC(2026, 2, 6, 7, 0, 0, ms)));
  expect([...ids].sort()).toEqual(ids);
  // Ten digits of time, then the version's 7 with the first random bit.
  expect(newId('tsk', 0)).toMatch(/^tsk_0{10}[ef]/);
  expect(new Set(Array.from({ length: 100 }, () => newId('int', 0))).size).toBe(100);
});
