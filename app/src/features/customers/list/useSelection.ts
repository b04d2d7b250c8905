import { useMemo, useState } from 'react';

import type { Selection } from '@/api/customerBulk';
import type { CustomerQuery } from '@/api/customers';

export interface CustomerSelection {
  selected: Set<string>;
  /** Whether all that the list holds is meant, also what is not loaded yet. */
  all: boolean;
  select: (ids: Set<string>) => void;
  selectAll: () => void;
  clear: () => void;
  selection: Selection;
}

interface Ticked {
  /** The list in which they were ticked. */
  list: string;
  ids: Set<string>;
  all: boolean;
}

const NONE: ReadonlySet<string> = new Set();

/** Which customers of a list are ticked. Another list begins with none. */
export function useSelection(query: CustomerQuery, loaded: string[]): CustomerSelection {
  const list = JSON.stringify(query);
  const [state, setState] = useState<Ticked>({ list, ids: new Set(NONE), all: false });
  const current = state.list === list;
  const all = current && state.all;
  const ids = useMemo(() => (current ? state.ids : new Set(NONE)), [current, state.ids]);

  return {
    selected: all ? new Set(loaded) : ids,
    all,
    select: (next) => setState({ list, ids: next, all: false }),
    selectAll: () => setState({ list, ids, all: true }),
    clear: () => setState({ list, ids: new Set(NONE), all: false }),
    selection: all ? { all: query } : { ids: [...ids] },
  };
}
