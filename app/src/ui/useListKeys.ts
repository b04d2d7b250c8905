import { useState } from 'react';

import { isComposing, type KeyPress } from './web';

/** Which of so many items the arrow keys, Home and End point at; Enter takes it. */
export function useListKeys(count: number, take: (index: number) => void, start = 0) {
  const [wanted, setActive] = useState(start);
  const active = Math.min(wanted, count - 1);
  const onKeyDown = (event: KeyPress) => {
    if (isComposing(event) || count === 0) return;
    const next = { ArrowDown: (active + 1) % count, ArrowUp: (active - 1 + count) % count, Home: 0, End: count - 1 }[event.key];
    if (next !== undefined) setActive(next);
    else if (event.key === 'Enter' && active >= 0) take(active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { active, setActive, onKeyDown };
}
