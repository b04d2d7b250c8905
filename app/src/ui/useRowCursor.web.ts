import { useState, type RefObject } from 'react';

/** The row of a table that J and K have come to; its link has the focus. */
export function useRowCursor(scroller: RefObject<HTMLElement | null>, count: number, rowHeight: number) {
  const [at, setAt] = useState(-1);
  const move = (by: number) => {
    const next = Math.max(0, Math.min(count - 1, at + by));
    setAt(next);
    const node = scroller.current;
    if (!node) return;
    const top = next * rowHeight;
    // The head covers the first row's height of what is seen.
    if (top < node.scrollTop) node.scrollTo({ top });
    else if (top + 2 * rowHeight > node.scrollTop + node.clientHeight) node.scrollTo({ top: top + 2 * rowHeight - node.clientHeight });
    requestAnimationFrame(() => node.querySelector<HTMLElement>(`tr[data-index="${next}"] :is(a, input)`)?.focus({ preventScroll: true }));
  };
  return { at, move };
}
