import { useSyncExternalStore } from 'react';
import { AppState } from 'react-native';

/** How long a deletion can be taken back. */
const GRACE_MS = 5_000;

interface Pending {
  timer: ReturnType<typeof setTimeout>;
  /** Absent once it was carried out: then it only stays out of sight until the list has been read again. */
  run?: () => void;
}

const pending = new Map<string, Pending>();
const listeners = new Set<() => void>();
let ids: ReadonlySet<string> = new Set();

function changed(): void {
  ids = new Set(pending.keys());
  listeners.forEach((listener) => listener());
}

/**
 * Deletes something when nobody has taken it back for a while, or at once when the app is put away. What is deleted for
 * good cannot be restored, so the server is told late.
 */
export function deleteLater(id: string, run: () => void): void {
  takeBack(id);
  pending.set(id, { run, timer: setTimeout(() => carryOut(id), GRACE_MS) });
  changed();
}

export function takeBack(id: string): void {
  clearTimeout(pending.get(id)?.timer);
  if (pending.delete(id)) changed();
}

function carryOut(id: string): void {
  const entry = pending.get(id);
  if (!entry?.run) return;
  clearTimeout(entry.timer);
  entry.run();
  pending.set(id, { timer: setTimeout(() => takeBack(id), GRACE_MS) });
}

AppState.addEventListener('change', (state) => {
  if (state !== 'active') [...pending.keys()].forEach(carryOut);
});

/** What is on its way out and not to be shown. */
export const useDeletions = (): ReadonlySet<string> =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => ids,
    () => ids,
  );
