import type { Href } from 'expo-router';

/** Where to go after signing in: the place that was asked for, if it is one of ours. */
export function returnTo(next: string | undefined): Href {
  // Two slashes would name another site, a backslash too in some browsers.
  const ours = next && /^\/(?![/\\])/.test(next) && !/^\/(sign-in|sign-up)\b/.test(next);
  return (ours ? next : '/') as Href;
}
