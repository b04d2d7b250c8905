import type { RefObject } from 'react';
import type { View } from 'react-native';

export type ShortcutOptions = {
  enabled?: boolean;
  /** Works while a field has the focus. Single letters never do. */
  inFields?: boolean;
  /** Gives way to the same keys of a screen. */
  fallback?: boolean;
  /** Works only while the focus is in there. */
  within?: RefObject<View | null>;
};

/**
 * Calls action when somebody presses keys: 'n', '/', 'shift+x', 'mod+enter' (Ctrl, or ⌘ on a Mac) or 'g h', one after the
 * other. Phones have no keyboard.
 */
export function useShortcut(_keys: string, _action: () => void, _options?: ShortcutOptions): void {}
