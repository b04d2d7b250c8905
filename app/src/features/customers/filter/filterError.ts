import type { ApiError } from '@/api/client';

import { readFilter } from './read';
import { FilterSyntaxError } from './tokens';

/** Mistakes that the server tells apart, besides those that we find without asking. */
const CODES = [
  'syntax',
  'too_long',
  'too_deep',
  'value_alone',
  'side_by_side',
  'function_alone',
  'no_field',
  'unknown_field',
  'masked',
  'needs_has',
  'no_order',
  'not_text',
  'not_utf8',
  'not_boolean',
  'not_member',
  'not_id',
  'not_number',
  'not_time',
  'unreadable_time',
  'time_range',
  'bad_span',
  'unknown_word',
  'unknown_function',
] as const;

/** What is wrong with a filter, as a key of customers:filter.errors. */
export interface FilterProblem {
  key: (typeof CODES)[number] | 'unterminated' | 'parenthesis' | 'invalid';
  /** At which character, from 1. */
  at?: number;
  /** The field that is compared, as the filter names it. */
  name?: string;
  /** What may stand there. */
  known?: string[];
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

/** What the server found wrong. */
export function problemFrom(error: ApiError | null): FilterProblem | undefined {
  const refused = error?.errors.find(({ field }) => field === 'filter');
  if (!refused) return undefined;
  const { code, at, name, known } = refused;
  return { key: CODES.find((each) => each === code) ?? 'invalid', at, name, known: known ?? undefined };
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
