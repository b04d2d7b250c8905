import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { ApiError } from '@/api/client';
import { fetchCustomer, showCustomer, useUpdateCustomer, type Customer, type CustomerPatch } from '@/api/customers';
import { useKey } from '@/api/query';
import type { Versioned } from '@/api/versioned';

import { reconcile } from '../reconcile';

/** Two people changed the same fields: what I wrote and what stands there now. */
export interface Conflict {
  mine: CustomerPatch;
  theirs: Versioned<Customer>;
  fields: (keyof CustomerPatch)[];
}

export type Saved = 'saved' | 'merged' | 'conflict';

/**
 * Saves changes made to the version that was read. When somebody changed the customer meanwhile, what does not
 * contradict is saved on top; for the rest the person decides.
 */
export function useSaveCustomer(id: string) {
  const queries = useQueryClient();
  const key = useKey();
  const update = useUpdateCustomer(id);
  const [conflict, setConflict] = useState<Conflict | null>(null);

  const save = async (base: Versioned<Customer>, mine: CustomerPatch): Promise<Saved> => {
    try {
      await update.mutateAsync({ patch: mine, etag: base.etag });
      return 'saved';
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 412) throw error;
    }
    const theirs = await fetchCustomer(id);
    showCustomer(queries, key('customers'), theirs);
    const { patch, conflicts } = reconcile<CustomerPatch>(base.record, mine, theirs.record);
    if (conflicts.length > 0) {
      setConflict({ mine, theirs, fields: conflicts });
      return 'conflict';
    }
    if (Object.keys(patch).length > 0) await save(theirs, patch);
    return 'merged';
  };

  return {
    save,
    busy: update.isPending,
    conflict,
    /** Saves what was picked, along with my other changes, which nobody else had touched. */
    resolve: async (picked: CustomerPatch): Promise<Saved> => {
      if (!conflict) return 'saved';
      const { mine, theirs } = conflict;
      setConflict(null);
      const { patch } = reconcile<CustomerPatch>(theirs.record, { ...mine, ...picked }, theirs.record);
      return Object.keys(patch).length === 0 ? 'saved' : save(theirs, patch);
    },
    dropConflict: () => setConflict(null),
  };
}
