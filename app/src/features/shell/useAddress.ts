import { useGlobalSearchParams, usePathname } from 'expo-router';

import { addressOf } from './addressOf';

/** The address of the screen that is open. */
export function useAddress(): string {
  return addressOf(usePathname(), useGlobalSearchParams());
}
