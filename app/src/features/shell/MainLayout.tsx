import { Redirect, useGlobalSearchParams, usePathname, type Href } from 'expo-router';

import { useSession } from '@/api/session';

import { addressOf } from './addressOf';
import { Shell } from './Shell';

/** The screens of whoever is signed in. Anybody else signs in first, and comes back to where they wanted to go. */
export function MainLayout() {
  const { status } = useSession();
  const address = addressOf(usePathname(), useGlobalSearchParams());
  if (status === 'loading') return null;
  if (status === 'signedOut') {
    return <Redirect href={(address === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(address)}`) as Href} />;
  }
  return <Shell />;
}
