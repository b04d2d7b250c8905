import type { Customer } from '@/api/customers';

const DAY_MS = 24 * 3600_000;

/** The colleague who was in touch with a customer within a day: whoever calls now should know. */
export function recentColleague(customer: Customer, me: string | undefined, now: Date): { id: string; at: string } | undefined {
  const { last_interaction_at: at, last_interaction_by: id } = customer;
  if (!at || !id || id === me) return undefined;
  const ago = now.getTime() - Date.parse(at);
  return ago >= 0 && ago < DAY_MS ? { id, at } : undefined;
}

/** What a call leaves behind for the log: when it began, and how long it took if it was more than a slip. */
export function callPrefill(began: number, ended: number): { kind: 'call'; occurredAt: string; minutes?: number } {
  const seconds = (ended - began) / 1000;
  return { kind: 'call', occurredAt: new Date(began).toISOString(), ...(seconds >= 30 && { minutes: Math.round(seconds / 60) || 1 }) };
}
