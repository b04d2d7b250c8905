// Cookies belong to the browser: who signs in, out or into another company in one tab does so in all.

const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('guanxi-session');

export function announceSession(): void {
  channel?.postMessage('changed');
}

/** Calls changed when another tab has begun, ended or switched the session. */
export function onSessionElsewhere(changed: () => void): () => void {
  channel?.addEventListener('message', changed);
  return () => channel?.removeEventListener('message', changed);
}
