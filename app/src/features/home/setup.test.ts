import { stepsOf } from './setup';

it('ticks what a company has done', () => {
  const done = (has: Parameters<typeof stepsOf>[0]) => stepsOf(has).map((step) => step.done);
  expect(done({ others: 0, customers: 0, contacted: 0 })).toEqual([false, false, false]);
  expect(done({ others: 1, customers: 0, contacted: 0 })).toEqual([false, true, false]);
  expect(done({ others: 3, customers: 8, contacted: 1 })).toEqual([true, true, true]);
});
