import type { Task } from '@/api/tasks';

export interface Agenda {
  overdue: Task[];
  today: Task[];
  /** Tasks that did not find room. */
  hidden: number;
}

/**
 * What a card of home shows of the tasks that press. Overdue ones come first but leave room for today: who has a long
 * backlog still sees what the day brings.
 */
export function agendaOf(overdue: Task[], today: Task[], total: number, room: number): Agenda {
  const forToday = Math.min(today.length, Math.max(room - overdue.length, Math.ceil(room / 2)));
  const shown = { overdue: overdue.slice(0, room - forToday), today: today.slice(0, forToday) };
  return { ...shown, hidden: Math.max(0, total - shown.overdue.length - shown.today.length) };
}
