import type { IconName } from '@/ui';

export type PageKey = 'profile' | 'sessions' | 'members' | 'invitations';

export interface SettingsPage {
  key: PageKey;
  href: string;
  icon: IconName;
  group: 'personal' | 'company';
  /** What one has to be allowed for the page to be offered. */
  permission?: string;
}

export const PAGES: SettingsPage[] = [
  { key: 'profile', href: '/settings/profile', icon: 'account-circle-outline', group: 'personal' },
  { key: 'sessions', href: '/settings/sessions', icon: 'devices', group: 'personal' },
  { key: 'members', href: '/settings/members', icon: 'account-group-outline', group: 'company', permission: 'member:read' },
  { key: 'invitations', href: '/settings/invitations', icon: 'email-outline', group: 'company', permission: 'invitation:read' },
];
