import { useCallback, useSyncExternalStore } from 'react';

/** Whether the main pointer is a finger. */
export function useCoarsePointer(): boolean {
  return useMedia('(pointer: coarse)');
}

function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const media = globalThis.matchMedia?.(query);
      media?.addEventListener('change', changed);
      return () => media?.removeEventListener('change', changed);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => globalThis.matchMedia?.(query).matches ?? false);
}
