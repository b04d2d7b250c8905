import { usePathname } from 'expo-router';

import { useSession } from '@/api/session';

import { destinationOf, destinations } from './destinations';

/** The places that the person may go to, and at which they are. */
export function useDestinations() {
  const { permissions } = useSession();
  return {
    offered: destinations.filter(({ permission }) => !permission || permission in permissions),
    current: destinationOf(usePathname()),
  };
}
