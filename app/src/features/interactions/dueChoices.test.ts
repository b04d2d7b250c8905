import { dueChoices } from './dueChoices';

describe('usual times for a next step', () => {
  it('are mornings where the company is', () => {
    // Sunday 23:30 in Shanghai.
    expect(dueChoices(new Date('2026-03-01T15:30:00Z'), 'Asia/Shanghai')).toEqual([
      { key: 'tomorrow', at: '2026-03-02T01:00:00.000Z' },
      { key: 'inThreeDays', at: '2026-03-04T01:00:00.000Z' },
      { key: 'nextWeek', at: '2026-03-02T01:00:00.000Z' },
    ]);
  });

  it('keep their hour when the clocks change', () => {
    // Clocks in Berlin go forward on 29 March 2026.
    expect(dueChoices(new Date('2026-03-28T12:00:00Z'), 'Europe/Berlin')[0]).toEqual({ key: 'tomorrow', at: '2026-03-29T07:00:00.000Z' });
  });
});
