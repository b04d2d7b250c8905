import type { ReactNode } from 'react';

export type Column<T> = {
  key: string;
  title: string;
  /** Pixels; columns without one share what is left. */
  width?: number;
  align?: 'left' | 'right';
  /** The field by which the server orders this column. */
  sort?: string;
  render: (row: T) => ReactNode;
  /** Stays in sight when the table scrolls sideways. The first column does so in any case. */
  sticky?: boolean;
  hideable?: boolean;
  /** Of a hideable one: not shown until somebody asks for it. */
  hiddenAtFirst?: boolean;
};

export type TableProps<T> = {
  rows: T[];
  columns: Column<T>[];
  rowKey: (row: T) => string;
  /** What a row is called, for the label of its tick. */
  rowName?: (row: T) => string;
  href?: (row: T) => string;
  /** A column's field, with - before it for descending. */
  sort?: string;
  onSort?: (sort: string) => void;
  selected?: Set<string>;
  onSelect?: (selected: Set<string>) => void;
  onEndReached?: () => void;
  loading?: boolean;
  /** Shown when there are no rows. */
  empty?: ReactNode;
  /** Under which the device remembers the table's columns. */
  name: string;
  /** Names the table for whoever does not see it. */
  label: string;
  /** Below the rows, within what scrolls. */
  footer?: ReactNode;
  /** How a row looks under 600 px. */
  card: (row: T) => ReactNode;
  /** Marks the row of the record that is open. */
  current?: string;
};

/** The width of the column with the ticks. */
export const tickWidth = 44;

/** Whether a column stays in sight when the table scrolls sideways. */
export const isPinned = <T,>(column: Column<T>, index: number): boolean => index === 0 || column.sticky === true;

/** The keys after a tick was set or taken away; with the range key everything since the last tick follows it. */
export function toggled(selected: Set<string>, keys: string[], at: number, from: number | null): Set<string> {
  const next = new Set(selected);
  const key = keys[at];
  if (key === undefined) return next;
  const on = !selected.has(key);
  const [low, high] = from === null ? [at, at] : [Math.min(at, from), Math.max(at, from)];
  for (const each of keys.slice(low, high + 1)) {
    if (on) next.add(each);
    else next.delete(each);
  }
  return next;
}

/** What pressing a column's head asks for: ascending at first, then the other way round. */
export function nextSort(field: string, sort: string | undefined): string {
  return sort === field ? `-${field}` : field;
}
