import { useMemo, useState } from 'react';

import { loadPreference, savePreference } from '@/preferences/preferences';

import type { Column } from './tableTypes';

/** The columns that somebody wants to see; remembered on the device under the table's name. */
export function useColumns<T>(name: string, columns: Column<T>[]) {
  const [hidden, setHidden] = useState<string[]>(() => loadPreference('hiddenColumns')?.[name] ?? hiddenAtFirst(columns));
  const toggle = (key: string) => {
    const next = hidden.includes(key) ? hidden.filter((other) => other !== key) : [...hidden, key];
    setHidden(next);
    savePreference('hiddenColumns', { ...loadPreference('hiddenColumns'), [name]: next });
  };
  const isHidden = (column: Column<T>) => Boolean(column.hideable) && hidden.includes(column.key);
  // The same array while nothing changes, so that rows need not be drawn again.
  const visible = useMemo(() => columns.filter(({ key, hideable }) => !hideable || !hidden.includes(key)), [columns, hidden]);
  return { visible, isHidden, toggle };
}

const hiddenAtFirst = <T>(columns: Column<T>[]) => columns.filter((column) => column.hiddenAtFirst).map(({ key }) => key);
