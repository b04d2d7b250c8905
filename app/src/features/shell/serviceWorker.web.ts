// After what the first screen asks for: what is kept for later must not stand in its way.
const DELAY_MS = 2_000;

/**
 * Lets the browser keep the client's files, so that it opens without a network. A worker sees only what comes from the page's
 * own origin: with the files on another one (GUANXI_WEB_ORIGIN) there is none, and one from before goes.
 */
export function keepClientOnDevice(): void {
  if (__DEV__ || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  const ownFiles = [...document.scripts].every(({ src }) => !src || new URL(src).origin === location.origin);
  const act = async () => {
    if (ownFiles) await serviceWorker.register('/sw.js');
    else for (const old of await serviceWorker.getRegistrations()) await old.unregister();
  };
  // A browser that forbids it, as in a private window, goes on without.
  setTimeout(() => void act().catch(() => undefined), DELAY_MS);
}
