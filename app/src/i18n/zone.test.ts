import { addDays, at, dayOf, instantOf, wallOf, startOfDay, weekdayOf } from './zone';

const NY = 'America/New_York';

describe('instantOf', () => {
  it.each([
    ['Shanghai has no summer time', '2026-07-01', 9, 0, 'Asia/Shanghai', '2026-07-01T01:00:00.000Z'],
    ['New York in winter', '2026-01-15', 9, 0, NY, '2026-01-15T14:00:00.000Z'],
    ['New York in summer', '2026-07-15', 9, 0, NY, '2026-07-15T13:00:00.000Z'],
    ['the morning before the clock goes forward', '2026-03-08', 1, 30, NY, '2026-03-08T06:30:00.000Z'],
    ['a time that the clock skips moves forward', '2026-03-08', 2, 30, NY, '2026-03-08T07:30:00.000Z'],
    ['the morning after the clock went forward', '2026-03-08', 9, 0, NY, '2026-03-08T13:00:00.000Z'],
    ['of a time that comes twice, the first', '2026-11-01', 1, 30, NY, '2026-11-01T05:30:00.000Z'],
    ['after the clock went back', '2026-11-01', 9, 0, NY, '2026-11-01T14:00:00.000Z'],
    ['three quarters of an hour', '2026-05-01', 0, 0, 'Asia/Kathmandu', '2026-04-30T18:15:00.000Z'],
    ['ahead of UTC by more than half a day', '2026-01-01', 0, 0, 'Pacific/Kiritimati', '2025-12-31T10:00:00.000Z'],
  ])('%s', (_, day, hour, minute, zone, want) => {
    expect(at(day, hour, minute, zone).toISOString()).toBe(want);
  });

  it('finds what wallOf shows', () => {
    for (const zone of ['Asia/Shanghai', NY, 'Europe/London', 'Australia/Lord_Howe']) {
      for (let t = Date.UTC(2026, 0, 1); t < Date.UTC(2027, 0, 1); t += 7 * 3600_000) {
        const wall = wallOf(new Date(t), zone);
        expect(wallOf(instantOf(wall, zone), zone)).toEqual(wall);
      }
    }
  });
});

describe('days', () => {
  it('belong to the zone', () => {
    const instant = '2026-03-05T16:30:00Z';
    expect(dayOf(instant, 'Asia/Shanghai')).toBe('2026-03-06');
    expect(dayOf(instant, NY)).toBe('2026-03-05');
  });

  it('begin at midnight in the zone, whatever their length', () => {
    const hours = (day: string) => (startOfDay(addDays(day, 1), NY).getTime() - startOfDay(day, NY).getTime()) / 3600_000;
    expect(hours('2026-03-08')).toBe(23);
    expect(hours('2026-11-01')).toBe(25);
    expect(hours('2026-06-01')).toBe(24);
  });

  it('roll over months and years', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29');
  });

  it('begin their week on Monday', () => {
    expect(weekdayOf('2026-03-02')).toBe(1);
    expect(weekdayOf('2026-03-08')).toBe(7);
  });
});
