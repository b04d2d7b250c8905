import type { Task } from '@/api/tasks';

import { agendaOf } from './agenda';

const tasks = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => ({ id: `${prefix}${i}` }) as Task);
const shape = (...args: Parameters<typeof agendaOf>) => {
  const { overdue, today, hidden } = agendaOf(...args);
  return [overdue.length, today.length, hidden];
};

it.each([
  ['nothing to do', 0, 0, 0, [0, 0, 0]],
  ['everything fits', 2, 3, 5, [2, 3, 0]],
  ['a long backlog leaves half of the room to today', 20, 6, 26, [4, 4, 18]],
  ['a long backlog takes the room that today does not need', 20, 1, 21, [7, 1, 13]],
  ['a full day takes the room that is left', 1, 20, 21, [1, 7, 13]],
  ['a page is not all', 8, 0, 1000, [8, 0, 992]],
])('%s', (_, overdue, today, total, want) => {
  expect(shape(tasks('o', overdue), tasks('t', today), total, 8)).toEqual(want);
});

it('keeps the order of the server', () => {
  expect(agendaOf(tasks('o', 3), [], 3, 2).overdue.map(({ id }) => id)).toEqual(['o0', 'o1']);
});
