import { onlineManager } from '@tanstack/react-query';

import { apiOrigin } from './origin';

// A browser knows whether it has a network, not whether the server answers. The first failed call says offline, which
// pauses all others; then one small question, asked less and less often, finds out when to go on.

const first = 2_000;
const longest = 30_000;

/** Told by every call: whether an answer came, of whatever kind. */
export function reportReachable(reachable: boolean): void {
  onlineManager.setOnline(reachable);
}

/** Asks the server while it is away whether it is back, until the function that it returns is called. */
export function watchServer(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let watching = true;
  const askIn = (wait: number) => {
    timer = setTimeout(() => void ask(wait), wait);
  };
  const ask = async (waited: number) => {
    try {
      await fetch(`${apiOrigin}/healthz`, { cache: 'no-store' });
      reportReachable(true);
    } catch {
      if (watching && !onlineManager.isOnline()) askIn(Math.min(waited * 2, longest));
    }
  };
  const follow = (online: boolean) => {
    clearTimeout(timer);
    if (!online) askIn(first);
  };
  follow(onlineManager.isOnline());
  const unsubscribe = onlineManager.subscribe(follow);
  return () => {
    watching = false;
    clearTimeout(timer);
    unsubscribe();
  };
}
