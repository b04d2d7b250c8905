import { useEffect, useState, type RefObject } from 'react';

const overscan = 10;
// The window moves in steps: small ones, because rows that come in many at a time take longer than a frame.
const step = 2;
// Rows that come in faster than that, in a frame, are past before they could be read.
const hastyRows = 5;
const restMs = 100;

type Range = { start: number; end: number };
type Window = { first: number; shown: number; drawn: Range | null };

/**
 * Which of many rows of one height are near what is seen of a scrolling element. While somebody rushes past them, drawn
 * says which rows have been drawn already: the others are worth no more than their name until the hand rests.
 */
export function useWindowing(scroller: RefObject<HTMLElement | null>, count: number, rowHeight: number): Range & { drawn: Range | null } {
  const [window, setWindow] = useState<Window>({ first: 0, shown: 24, drawn: null });

  useEffect(() => {
    const node = scroller.current;
    if (!node) return;
    let last = node.scrollTop;
    let rest: ReturnType<typeof setTimeout> | undefined;
    const update = () => {
      const top = Math.floor(node.scrollTop / rowHeight);
      const hasty = Math.abs(node.scrollTop - last) > hastyRows * rowHeight;
      last = node.scrollTop;
      const next = { first: Math.floor(top / step) * step, shown: Math.ceil(node.clientHeight / rowHeight) + step };
      setWindow((current) => {
        const drawn = hasty ? (current.drawn ?? rangeOf(current)) : current.drawn;
        const same = current.first === next.first && current.shown === next.shown && current.drawn === drawn;
        return same ? current : { ...next, drawn };
      });
      if (!hasty) return;
      clearTimeout(rest);
      rest = setTimeout(() => setWindow((current) => ({ ...current, drawn: null })), restMs);
    };
    node.addEventListener('scroll', update, { passive: true });
    const observer = new ResizeObserver(update); // tells the first size too
    observer.observe(node);
    return () => {
      clearTimeout(rest);
      node.removeEventListener('scroll', update);
      observer.disconnect();
    };
  }, [scroller, rowHeight]);

  const { start, end } = rangeOf(window);
  return { start: Math.min(start, count), end: Math.min(count, end), drawn: window.drawn };
}

const rangeOf = ({ first, shown }: Window): Range => ({ start: Math.max(0, first - overscan), end: first + shown + overscan });
