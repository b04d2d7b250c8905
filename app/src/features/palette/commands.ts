import { useEffect, useRef } from 'react';

import type { IconName } from '@/ui';

/** Something that the palette can do. */
export interface Command {
  key: string;
  group: CommandGroup;
  label: string;
  /** A second line, in small. */
  hint?: string;
  icon: IconName;
  /** Other words that find it: pinyin, the other language. */
  words?: string;
  /** The shortcut that does the same. */
  keys?: string;
  run: () => void;
}

export type CommandGroup = 'here' | 'stage' | 'create' | 'go' | 'more';

/** What the open screens offer, in the order in which they came. */
const sources = new Set<{ current: Command[] }>();

/** Offers commands in the palette for as long as the component is shown: what can be done with the record that is open. */
export function usePageCommands(commands: Command[]): void {
  const source = useRef(commands);
  useEffect(() => {
    source.current = commands;
  });
  useEffect(() => {
    sources.add(source);
    return () => {
      sources.delete(source);
    };
  }, []);
}

export const pageCommands = (): Command[] => [...sources].flatMap(({ current }) => current);

/** Those that what was typed finds, by any part of their words; those that begin with it first. */
export function matching(commands: Command[], typed: string): Command[] {
  const text = typed.trim().toLowerCase();
  const rank = ({ label, words = '' }: Command): number => {
    const names = [label.toLowerCase(), ...words.split(' ')];
    if (names.some((name) => name.startsWith(text))) return 0;
    return names.some((name) => name.includes(text)) ? 1 : 2;
  };
  return commands.filter((command) => rank(command) < 2).sort((a, b) => rank(a) - rank(b));
}
