import type { Theme } from './theme';

/** Only a web page has a document to paint. */
export function paintDocument(_theme: Theme): void {}

export function variablesOf(_theme: Theme): Record<string, string> {
  return {};
}
