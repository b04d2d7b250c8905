import { useRef } from 'react';

import { useShortcut } from '@/ui';

/** j and k move the focus from row to row of a list of links, and Enter follows one. */
export function useRowKeys(ids: string[]): void {
  const last = useRef<string | null>(null);
  const move = (by: 1 | -1) => {
    const focused = ids.findIndex((id) => rowOf(id)?.contains(document.activeElement));
    const at = focused < 0 && last.current ? ids.indexOf(last.current) : focused;
    const next = ids[at < 0 ? 0 : Math.min(Math.max(at + by, 0), ids.length - 1)];
    if (next === undefined) return;
    last.current = next;
    rowOf(next)?.focus();
  };
  useShortcut('j', () => move(1));
  useShortcut('k', () => move(-1));
}

const rowOf = (id: string): HTMLElement | null => document.querySelector<HTMLElement>(`a[data-testid="row-${id}"]`);
