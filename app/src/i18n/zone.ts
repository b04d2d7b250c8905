// Days and hours are those of the company's time zone, wherever the device is. A day is written YYYY-MM-DD.

export type Wall = { year: number; month: number; day: number; hour: number; minute: number };
type Instant = Date | number | string;

const DAY = 86_400_000;
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  let found = formatters.get(timeZone);
  if (!found) {
    found = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    formatters.set(timeZone, found);
  }
  return found;
}

/** What a clock on the wall of that zone shows at an instant. */
export function wallOf(instant: Instant, timeZone: string): Wall {
  const parts: Record<string, number> = {};
  const date = typeof instant === 'string' ? new Date(instant) : instant;
  for (const { type, value } of formatter(timeZone).formatToParts(date)) parts[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts;
  return { year, month, day, hour, minute };
}

function asUTC(wall: Wall): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
}

/** How far the zone's clocks are ahead of UTC, in milliseconds. */
function offset(instant: number, timeZone: string): number {
  return asUTC(wallOf(instant, timeZone)) - Math.floor(instant / 60_000) * 60_000;
}

/**
 * The instant at which a clock of that zone shows wall: the first when it comes twice in autumn. A time that the clock
 * skips in spring moves forward by what was skipped.
 */
export function instantOf(wall: Wall, timeZone: string): Date {
  const utc = asUTC(wall);
  const before = utc - offset(utc - DAY, timeZone);
  const after = utc - offset(utc + DAY, timeZone);
  const shows = [before, after].sort((a, b) => a - b).find((instant) => asUTC(wallOf(instant, timeZone)) === utc);
  return new Date(shows ?? before);
}

/** The instant of a time of a day. */
export function at(day: string, hour: number, minute: number, timeZone: string): Date {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return instantOf({ year, month, day: date, hour, minute }, timeZone);
}

export function startOfDay(day: string, timeZone: string): Date {
  return at(day, 0, 0, timeZone);
}

/** The day of an instant. */
export function dayOf(instant: Instant, timeZone: string): string {
  const { year, month, day } = wallOf(instant, timeZone);
  return dayString(year, month, day);
}

export function dayString(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** The day so many days later, or earlier. Months and leap years are minded. */
export function addDays(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

/** Whole days from one day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY);
}

/** 1 is Monday, 7 is Sunday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}
