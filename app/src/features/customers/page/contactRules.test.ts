import type { Customer } from '@/api/customers';

import { callPrefill, recentColleague } from './contactRules';

const now = new Date('2026-03-02T08:00:00Z');
const customer = (at: string | null, by: string | null) => ({ last_interaction_at: at, last_interaction_by: by }) as Customer;

describe('before a call', () => {
  it.each([
    ['a colleague two hours ago', customer('2026-03-02T06:00:00Z', 'usr_2'), { id: 'usr_2', at: '2026-03-02T06:00:00Z' }],
    ['a colleague a day ago', customer('2026-03-01T08:00:00Z', 'usr_2'), undefined],
    ['oneself', customer('2026-03-02T06:00:00Z', 'usr_1'), undefined],
    ['nobody', customer(null, null), undefined],
    ['a planned meeting', customer('2026-03-02T09:00:00Z', 'usr_2'), undefined],
  ])('knows of %s', (_who, record, expected) => {
    expect(recentColleague(record, 'usr_1', now)).toEqual(expected);
  });
});

describe('after a call', () => {
  const began = now.getTime();
  it('fills in when and how long', () => {
    expect(callPrefill(began, began + 200_000)).toEqual({ kind: 'call', occurredAt: '2026-03-02T08:00:00.000Z', minutes: 3 });
    expect(callPrefill(began, began + 35_000)).toMatchObject({ minutes: 1 });
    expect(callPrefill(began, began + 5_000)).not.toHaveProperty('minutes');
  });
});
