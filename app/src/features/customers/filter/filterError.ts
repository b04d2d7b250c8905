import type { ApiError } from '@/api/client';

import { readFilter } from './read';
import { FilterSyntaxError } from './tokens';

/** What is wrong with a filter, as a key of customers:filter.errors, and at which character (from 1) if that is known. */
export interface FilterProblem {
  key: 'unterminated' | 'parenthesis' | 'syntax' | 'invalid';
  at?: number;
}

/** Finds open quotes and parentheses without asking. */
export function problemIn(filter: string): FilterProblem | undefined {
  try {
    readFilter(filter);
    return undefined;
  } catch (error) {
    if (error instanceof FilterSyntaxError) return { key: error.reason, at: error.at };
    throw error;
  }
}

/** Takes the place of the mistake out of the server's answer. */
export function problemFrom(error: ApiError | null): FilterProblem | undefined {
  const refused = error?.errors.find(({ field }) => field === 'filter');
  if (!refused) return undefined;
  const at = /at character (\d+)/.exec(refused.message)?.[1];
  return at === undefined ? { key: 'invalid' } : { key: 'syntax', at: Number(at) };
}

/** The text on both sides of a character, for marking it. */
export function around(filter: string, at: number): { before: string; there: string; after: string } {
  const characters = [...filter];
  const index = Math.min(Math.max(at - 1, 0), characters.length);
  return {
    before: characters.slice(Math.max(0, index - 24), index).join(''),
    there: characters[index] ?? '␣',
    after: characters.slice(index + 1, index + 25).join(''),
  };
}
