import { createContext, use, type ReactNode } from 'react';

/** What the app puts into the head of every screen where there is no top bar: on phones. */
export type Chrome = { before?: ReactNode; after?: ReactNode };

export const ChromeContext = createContext<Chrome>({});

export function useChrome(): Chrome {
  return use(ChromeContext);
}
