import { addDays } from '@/i18n/zone';

export const TASK_VIEWS = ['today', 'overdue', 'upcoming', 'done'] as const;
export type TaskView = (typeof TASK_VIEWS)[number];

export function isTaskView(text: unknown): text is TaskView {
  return TASK_VIEWS.includes(text as TaskView);
}

/** Whose tasks: mine, those of everybody within reach, or one member's. */
export type Whose = 'me' | 'all' | (string & {});

/**
 * The server's filter for a view on a day, which begins and ends in the company's time zone. The views do not overlap:
 * what was due earlier today is overdue, and what has no time is among the upcoming.
 */
export function taskFilter(view: TaskView, whose: Whose, today: string): string {
  const tomorrow = addDays(today, 1);
  const within: Record<TaskView, string> = {
    overdue: 'status = "open" AND due_at < ago("0m")',
    today: `status = "open" AND due_at >= ago("0m") AND due_at < "${tomorrow}"`,
    upcoming: `status = "open" AND (due_at >= "${tomorrow}" OR NOT due_at:*)`,
    done: 'status = "done"',
  };
  const person = whose === 'all' ? '' : ` AND assignee = ${whose === 'me' ? 'me' : `"${whose}"`}`;
  return within[view] + person;
}
