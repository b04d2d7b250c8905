import { useCan } from '@/api/session';
import { useShortcut } from '@/ui';

import { useOpenPanel } from './panels';

/** The keys that work on every screen. A screen may give N, L and T a meaning of its own. */
export function useShellKeys(): void {
  const openPanel = useOpenPanel();
  useShortcut('mod+k', () => openPanel('palette'), { inFields: true });
  useShortcut('?', () => openPanel('keys'));
  useShortcut('n', () => openPanel('customer'), { fallback: true, enabled: useCan('customer:create') });
  useShortcut('l', () => openPanel('log'), { fallback: true, enabled: useCan('interaction:create') });
  useShortcut('t', () => openPanel('task'), { fallback: true, enabled: useCan('task:create') });
}
