/** Only browsers have other tabs. */
export function announceSession(): void {}

export function onSessionElsewhere(_changed: () => void): () => void {
  return () => {};
}
