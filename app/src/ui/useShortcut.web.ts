import { useEffect, useEffectEvent } from 'react';

import { loadPreference } from '@/preferences/preferences';

import { blocksShortcuts } from './overlays';
import type { ShortcutOptions } from './useShortcut';

type Entry = { keys: string; options: ShortcutOptions; run: () => void };

const entries = new Set<Entry>();

// The first key of two, while the second is awaited.
let pending = '';
let pendingTimer: ReturnType<typeof setTimeout> | undefined;
const patience = 1_000;

export function useShortcut(keys: string, action: () => void, options: ShortcutOptions = {}): void {
  const run = useEffectEvent(action);
  const { enabled = true, fallback, inFields, within } = options;
  useEffect(() => {
    if (!enabled) return;
    const entry: Entry = { keys, options: { fallback, inFields, within }, run: () => run() };
    entries.add(entry);
    // On the way down: react-native-web lets no key that is pressed in a field come up.
    if (entries.size === 1) window.addEventListener('keydown', onKeyDown, true);
    return () => {
      entries.delete(entry);
      if (entries.size === 0) window.removeEventListener('keydown', onKeyDown, true);
    };
  }, [keys, enabled, fallback, inFields, within]);
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  const pressed = nameOf(event);
  const sequence = pending ? `${pending} ${pressed}` : pressed;
  forget();
  // The latest wins: what opened last is on top.
  const candidates = [...entries]
    .reverse()
    .filter((entry) => applies(entry, event))
    .sort((a, b) => Number(a.options.fallback ?? false) - Number(b.options.fallback ?? false));
  const entry = candidates.find(({ keys }) => keys === sequence) ?? candidates.find(({ keys }) => keys === pressed);
  if (entry) {
    event.preventDefault();
    entry.run();
  } else if (candidates.some(({ keys }) => keys.startsWith(`${pressed} `))) {
    pending = pressed;
    pendingTimer = setTimeout(forget, patience);
  }
}

function forget(): void {
  pending = '';
  clearTimeout(pendingTimer);
}

function applies({ keys, options }: Entry, event: KeyboardEvent): boolean {
  const plain = !keys.includes('mod+');
  const within = options.within?.current as unknown as Element | null | undefined;
  if (within && !within.contains(event.target as Node)) return false;
  if (plain && inField(event.target)) return false;
  if (!plain && inField(event.target) && !options.inFields) return false;
  if (plain && /^[a-z]|^shift\+[a-z]/.test(keys) && keys !== 'escape' && loadPreference('letterKeys') === false) return false;
  return !blocksShortcuts(within ?? null);
}

function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button)$/.test((target as HTMLInputElement).type));
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key.toLowerCase();
  const mod = event.ctrlKey || event.metaKey ? 'mod+' : '';
  const alt = event.altKey ? 'alt+' : '';
  // Shift is part of a sign such as ?, and told of a letter.
  const shift = event.shiftKey && (/^[a-z]$/.test(key) || key.length > 1) ? 'shift+' : '';
  return `${mod}${alt}${shift}${key}`;
}
