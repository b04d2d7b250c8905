import { useSyncExternalStore } from 'react';

import { useCompanySettings } from '@/api/company';

import { dayOf } from './zone';

const minute = 60_000;

// One clock for the whole screen: all rows turn overdue together, by one timer.
let now = new Date();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function tick() {
  now = new Date();
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, minute);
  // The clock stands while nobody looks at it.
  if (Date.now() - now.getTime() > minute) tick();
  return () => {
    listeners.delete(listener);
    if (listeners.size) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, anew every minute. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}

/** Today by the company's calendar. */
export function useToday(): string {
  return dayOf(useNow(), useCompanySettings().timeZone);
}
