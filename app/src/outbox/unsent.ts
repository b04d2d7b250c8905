import AsyncStorage from '@react-native-async-storage/async-storage';

import type { NewCustomer } from '@/api/customers';
import type { NewInteraction } from '@/api/interactions';
import type { NewTask } from '@/api/tasks';

/** What each kind is sent as. */
export interface Bodies {
  interaction: NewInteraction;
  task: NewTask;
  customer: NewCustomer;
}

export type UnsentKind = keyof Bodies;

/** A record that somebody wrote and that has not reached the server. */
export interface Unsent<K extends UnsentKind = UnsentKind> {
  kind: K;
  /** With the id by which the server knows a repeat. */
  body: Bodies[K] & { id: string };
  /** What it is called in the list of what waits: a customer's name, a task's title. */
  title: string;
  /** When it was written. */
  at: string;
  /** What stood in the form, to go on writing there. */
  draft: { name: string; value: object };
  /** The server's code, once it has said no. */
  refused?: string;
}

/** Whose it is: one person in one company. */
export interface Owner {
  companyId: string;
  memberId: string;
}

const prefix = 'unsent';
const keyOf = ({ companyId, memberId }: Owner, id: string) => `${prefix}:${companyId}:${memberId}:${id}`;

/** Rejects when the device stores nothing, as a private window may. */
export const keepUnsent = (owner: Owner, unsent: Unsent) => AsyncStorage.setItem(keyOf(owner, unsent.body.id), JSON.stringify(unsent));

export const dropUnsent = (owner: Owner, id: string) => AsyncStorage.removeItem(keyOf(owner, id));

/** What somebody has written in one company, oldest first. */
export async function readUnsent(owner: Owner): Promise<Unsent[]> {
  const keys = (await AsyncStorage.getAllKeys()).filter((key) => key.startsWith(keyOf(owner, '')));
  const texts = await AsyncStorage.multiGet(keys);
  return texts.flatMap(([, text]) => parse(text)).sort((a, b) => a.at.localeCompare(b.at));
}

/** The keys of what somebody has written, in whatever company. */
async function keysOf(memberId: string): Promise<string[]> {
  return (await AsyncStorage.getAllKeys()).filter((key) => {
    const [first, , member] = key.split(':');
    return first === prefix && member === memberId;
  });
}

export const countUnsent = async (memberId: string): Promise<number> => (await keysOf(memberId)).length;

/** Forgets what somebody has written, in all companies. */
export const wipeUnsent = async (memberId: string): Promise<void> => AsyncStorage.multiRemove(await keysOf(memberId));

function parse(text: string | null): Unsent[] {
  try {
    const value = JSON.parse(text ?? 'null') as Unsent | null;
    return value?.body.id ? [value] : [];
  } catch {
    return []; // written by another version
  }
}
