import { router, type Href } from 'expo-router';

import { useCan } from '@/api/session';
import { useShortcut } from '@/ui';

import { useOpenPanel } from './panels';
import { useDestinations } from './useDestinations';

/** The keys that work on every screen. A screen may give N, L and T a meaning of its own. */
export function useShellKeys(): void {
  const openPanel = useOpenPanel();
  const { offered } = useDestinations();
  const go = (key: string) => {
    const href = offered.find((destination) => destination.key === key)?.href;
    if (href) router.push(href as Href);
  };
  useShortcut('g h', () => go('home'));
  useShortcut('g c', () => go('customers'));
  useShortcut('g t', () => go('tasks'));
  useShortcut('?', () => openPanel('keys'));
  useShortcut('n', () => openPanel('customer'), { fallback: true, enabled: useCan('customer:create') });
  useShortcut('l', () => openPanel('log'), { fallback: true, enabled: useCan('interaction:create') });
  useShortcut('t', () => openPanel('task'), { fallback: true, enabled: useCan('task:create') });
}
