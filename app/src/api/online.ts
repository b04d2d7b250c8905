import { onlineManager } from '@tanstack/react-query';

import { apiOrigin } from './origin';

// A browser knows whether it has a network, not whether the server answers. The first failed call says offline, which
// pauses all others; then one small question, asked less and less often, finds out when to go on.

const first = 2_000;
const longest = 30_000;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Told by every call: whether an answer came, of whatever kind. */
export function reportReachable(reachable: boolean): void {
  if (reachable) {
    clearTimeout(timer);
    timer = undefined;
    onlineManager.setOnline(true);
    return;
  }
  onlineManager.setOnline(false);
  timer ??= setTimeout(probe, first, first);
}

async function probe(waited: number): Promise<void> {
  try {
    await fetch(`${apiOrigin}/healthz`, { cache: 'no-store' });
    reportReachable(true);
  } catch {
    const wait = Math.min(waited * 2, longest);
    timer = setTimeout(probe, wait, wait);
  }
}
