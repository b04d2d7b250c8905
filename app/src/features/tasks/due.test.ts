import { laterChoices, leadOf, remindersOf, urgencyOf } from './due';

const SHANGHAI = 'Asia/Shanghai';
const NEW_YORK = 'America/New_York';

function choices(now: string, zone: string, due?: string) {
  return Object.fromEntries(laterChoices(new Date(now), zone, due).map((c) => [c.key, c.at.toISOString()]));
}

describe('laterChoices', () => {
  it('counts days in the company, not in UTC', () => {
    // 01:00 on Tuesday in Shanghai is still Monday in UTC.
    expect(choices('2026-03-02T17:00:00Z', SHANGHAI)).toEqual({
      evening: '2026-03-03T10:00:00.000Z',
      tomorrow: '2026-03-04T01:00:00.000Z',
      nextWeek: '2026-03-09T01:00:00.000Z',
    });
  });

  it('keeps the time of day over the night in which the clock goes forward', () => {
    // Saturday 7 March 2026, 09:30 EST; the next morning is EDT.
    expect(choices('2026-03-07T15:00:00Z', NEW_YORK, '2026-03-07T14:30:00Z').tomorrow).toBe('2026-03-08T13:30:00.000Z');
  });

  it('keeps the time of day over the night in which the clock goes back', () => {
    expect(choices('2026-10-31T15:00:00Z', NEW_YORK, '2026-10-31T13:30:00Z').tomorrow).toBe('2026-11-01T14:30:00.000Z');
  });

  it('means the coming Monday by next week, also on a Monday and on a Sunday', () => {
    expect(choices('2026-03-02T02:00:00Z', SHANGHAI).nextWeek).toBe('2026-03-09T01:00:00.000Z');
    expect(choices('2026-03-08T02:00:00Z', SHANGHAI).nextWeek).toBe('2026-03-09T01:00:00.000Z');
  });

  it('offers this evening only while it lies ahead', () => {
    expect(choices('2026-03-02T09:59:00Z', SHANGHAI)).toHaveProperty('evening');
    expect(choices('2026-03-02T10:00:00Z', SHANGHAI)).not.toHaveProperty('evening');
  });
});

describe('reminders', () => {
  const at = (time: string, snoozed = false) => ({ at: time, snoozed });

  it('are so many minutes before', () => {
    const due_at = '2026-03-02T10:00:00Z';
    expect(leadOf({ due_at, reminders: [at('2026-03-02T09:00:00Z', true), at('2026-03-02T09:30:00Z'), at(due_at)] })).toBe(30);
    expect(leadOf({ due_at, reminders: [] })).toBeNull();
    expect(leadOf({ due_at: null, reminders: [at('2026-03-02T09:30:00Z')] })).toBeNull();
    expect(remindersOf(1440)).toEqual([{ minutes_before: 1440 }]);
    expect(remindersOf(null)).toEqual([]);
  });
});

describe('urgencyOf', () => {
  const now = new Date('2026-03-02T02:00:00Z');
  it.each([
    ['a minute ago', '2026-03-02T01:59:00Z', 'overdue'],
    ['the last minute of the day in Shanghai', '2026-03-02T15:59:00Z', 'today'],
    ['midnight in Shanghai', '2026-03-02T16:00:00Z', 'upcoming'],
    ['never', null, 'none'],
  ])('%s', (_, due_at, want) => {
    expect(urgencyOf({ status: 'open', due_at }, now, SHANGHAI)).toBe(want);
  });

  it.each(['done', 'cancelled'])('is over once %s', (status) => {
    expect(urgencyOf({ status, due_at: '2026-01-01T00:00:00Z' }, now, SHANGHAI)).toBe('done');
  });
});
