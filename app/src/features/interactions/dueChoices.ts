import { addDays, at, dayOf, weekdayOf } from '@/i18n/zone';

const MORNING = 9;

export type DueChoice = 'tomorrow' | 'inThreeDays' | 'nextWeek';

/** The usual times for a next step: mornings in the company's time zone. */
export function dueChoices(now: Date, timeZone: string): { key: DueChoice; at: string }[] {
  const today = dayOf(now, timeZone);
  const morning = (days: number) => at(addDays(today, days), MORNING, 0, timeZone).toISOString();
  return [
    { key: 'tomorrow', at: morning(1) },
    { key: 'inThreeDays', at: morning(3) },
    { key: 'nextWeek', at: morning(8 - weekdayOf(today)) },
  ];
}
