import { useEffect, useState, type RefObject } from 'react';

const overscan = 16;
// The window moves in steps, so that a scroll does not draw the table on every frame.
const step = 8;

/** Which of many rows of one height are near what is seen of a scrolling element. */
export function useWindowing(scroller: RefObject<HTMLElement | null>, count: number, rowHeight: number) {
  const [{ first, shown }, setWindow] = useState({ first: 0, shown: 40 });

  useEffect(() => {
    const node = scroller.current;
    if (!node) return;
    const update = () => {
      const top = Math.floor(node.scrollTop / rowHeight);
      const next = { first: Math.floor(top / step) * step, shown: Math.ceil(node.clientHeight / rowHeight) + step };
      setWindow((current) => (current.first === next.first && current.shown === next.shown ? current : next));
    };
    node.addEventListener('scroll', update, { passive: true });
    const observer = new ResizeObserver(update); // tells the first size too
    observer.observe(node);
    return () => {
      node.removeEventListener('scroll', update);
      observer.disconnect();
    };
  }, [scroller, rowHeight]);

  const start = Math.max(0, Math.min(first - overscan, count));
  const end = Math.min(count, first + shown + overscan);
  return { start, end };
}
