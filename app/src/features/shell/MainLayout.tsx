import { Redirect, type Href } from 'expo-router';
import { useState } from 'react';

import { useSession } from '@/api/session';

import { Shell } from './Shell';
import { useAddress } from './useAddress';

/** The screens of whoever is signed in. Anybody else signs in first, and comes back to where they wanted to go. */
export function MainLayout() {
  const { status } = useSession();
  if (status === 'loading') return null;
  return status === 'signedOut' ? <ToSignIn /> : <Shell />;
}

function ToSignIn() {
  const { left } = useSession();
  // As it is at first: on the way to the sign-in screen it changes.
  const [address] = useState(useAddress());
  return <Redirect href={(left || address === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(address)}`) as Href} />;
}
