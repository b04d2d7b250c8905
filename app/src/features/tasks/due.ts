import { addDays, at, dayOf, wallOf, weekdayOf } from '@/i18n/zone';

/** What somebody may mean by "later", in the company's time zone. */
export type Later = 'evening' | 'tomorrow' | 'nextWeek';

const MORNING = 9;
const EVENING = 18;

/** The times to postpone to that still lie ahead. A task that has a time of day keeps it on another day. */
export function laterChoices(now: Date, timeZone: string, due?: string | null): { key: Later; at: Date }[] {
  const today = dayOf(now, timeZone);
  const kept = due ? wallOf(new Date(due), timeZone) : { hour: MORNING, minute: 0 };
  const on = (day: string) => at(day, kept.hour, kept.minute, timeZone);
  const choices: { key: Later; at: Date }[] = [
    { key: 'evening', at: at(today, EVENING, 0, timeZone) },
    { key: 'tomorrow', at: on(addDays(today, 1)) },
    { key: 'nextWeek', at: on(addDays(today, 8 - weekdayOf(today))) },
  ];
  return choices.filter((choice) => choice.at > now);
}

/** A reminder is told by how long before the due time it comes: minutes, or never. */
export const LEADS = [0, 10, 30, 60, 24 * 60] as const;

/** How many minutes before it is due somebody is reminded of a task for the first time; null for never. */
export function leadOf(task: { due_at: string | null; reminders: { at: string; snoozed: boolean }[] }): number | null {
  const first = task.reminders.find((reminder) => !reminder.snoozed);
  if (!task.due_at || !first) return null;
  return Math.round((Date.parse(task.due_at) - Date.parse(first.at)) / 60_000);
}

/** The reminder that many minutes before, or none. */
export function remindersOf(lead: number | null): { minutes_before: number }[] {
  return lead === null ? [] : [{ minutes_before: lead }];
}

export type Urgency = 'overdue' | 'today' | 'upcoming' | 'none' | 'done';

/** How a task stands at an instant. What is due earlier today is overdue. */
export function urgencyOf(task: { status: string; due_at: string | null }, now: Date, timeZone: string): Urgency {
  if (task.status !== 'open') return 'done';
  if (!task.due_at) return 'none';
  if (Date.parse(task.due_at) < now.getTime()) return 'overdue';
  return dayOf(task.due_at, timeZone) === dayOf(now, timeZone) ? 'today' : 'upcoming';
}
