import AsyncStorage from '@react-native-async-storage/async-storage';
import { useEffect, useRef, useState } from 'react';

import { useSession } from '@/api/session';

export interface Draft<T> {
  value: T;
  change: (part: Partial<T>) => void;
  /** Forgets what was written and begins anew. */
  clear: () => void;
  /** Whether the value is what somebody wrote earlier. */
  restored: boolean;
}

/**
 * What somebody is writing in a form. It is kept on the device, for this person in this company, until it is cleared: it
 * survives reload, sign-out and no network. Passwords do not belong here. A form for another record is another component
 * (by key), since the name must not change.
 */
export function useDraft<T extends object>(name: string, initial: T): Draft<T> {
  const { company, member } = useSession();
  const [key] = useState(() => keyOf({ companyId: company?.id ?? '', memberId: member?.id ?? '' }, name));
  const [first] = useState(initial);
  const [value, setValue] = useState(initial);
  const [restored, setRestored] = useState(false);
  const touched = useRef(false);
  // Two changes may come before the next rendering.
  const latest = useRef(initial);

  useEffect(() => {
    let mounted = true;
    void AsyncStorage.getItem(key).then((text) => {
      const kept = parse<T>(text);
      // Who has begun to write meanwhile is not interrupted.
      if (!kept || !mounted || touched.current) return;
      latest.current = { ...first, ...only(kept, first) };
      setValue(latest.current);
      setRestored(true);
    });
    return () => {
      mounted = false;
    };
  }, [key, first]);

  return {
    value,
    restored,
    change: (part) => {
      touched.current = true;
      latest.current = { ...latest.current, ...part };
      setValue(latest.current);
      void AsyncStorage.setItem(key, JSON.stringify(latest.current)).catch(ignore);
    },
    clear: () => {
      touched.current = true;
      latest.current = first;
      setValue(first);
      setRestored(false);
      void AsyncStorage.removeItem(key).catch(ignore);
    },
  };
}

interface Owner {
  companyId: string;
  memberId: string;
}

const keyOf = ({ companyId, memberId }: Owner, name: string) => ['draft', companyId, memberId, name].join(':');

/** Puts something into a form before it is opened. Answers false when somebody is writing something else there. */
export async function putDraft(owner: Owner, name: string, value: object): Promise<boolean> {
  const key = keyOf(owner, name);
  if (await AsyncStorage.getItem(key)) return false;
  await AsyncStorage.setItem(key, JSON.stringify(value));
  return true;
}

// A device that stores nothing, as a private window may, forgets the draft with the page.
function ignore() {}

function parse<T>(text: string | null): Partial<T> | undefined {
  if (!text) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A draft of an earlier version may have fields that the form no longer knows. */
function only<T extends object>(kept: Partial<T>, known: T): Partial<T> {
  return Object.fromEntries(Object.entries(kept).filter(([field]) => field in known)) as Partial<T>;
}
