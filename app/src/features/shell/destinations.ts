import type { IconName } from '@/ui';

export type DestinationKey = 'home' | 'customers' | 'tasks' | 'settings';

export type Destination = {
  key: DestinationKey;
  href: string;
  icon: IconName;
  /** What one has to be allowed for it to be offered. */
  permission?: string;
  /** The letter that follows G. */
  letter?: string;
};

/** The places of the side bar, in its order. */
export const destinations: Destination[] = [
  { key: 'home', href: '/', icon: 'home-outline', letter: 'h' },
  { key: 'customers', href: '/customers', icon: 'account-group-outline', permission: 'customer:read', letter: 'c' },
  { key: 'tasks', href: '/tasks', icon: 'checkbox-marked-circle-outline', permission: 'task:read', letter: 't' },
];

export const settings: Destination = { key: 'settings', href: '/settings', icon: 'cog-outline', letter: 's' };

/** The place of the bar that an address belongs to. */
export function destinationOf(pathname: string): DestinationKey | undefined {
  if (pathname === '/') return 'home';
  return [...destinations, settings].find(({ href }) => href !== '/' && (pathname === href || pathname.startsWith(`${href}/`)))?.key;
}

// Places that lie under another than their address says.
const parents: Record<string, string> = { '/imports': '/customers', '/interactions': '/', '/notifications': '/' };

/** Where the way back leads on phones; the main places have none. */
export function parentOf(pathname: string): string | undefined {
  if (pathname === '/' || [...destinations, settings].some(({ href }) => href === pathname)) return undefined;
  return parents[pathname] ?? (pathname.slice(0, pathname.lastIndexOf('/')) || '/');
}

/** Whether a record is open, to which the side bar makes room. */
export function isRecord(pathname: string): boolean {
  return /^\/customers\/[^/]+/.test(pathname);
}
