import type { ColumnMapping, ImportColumn, ImportOptions } from '@/api/imports';

/** The product's own fields that a column can fill, in the order they are offered. Others are custom.<key>. */
export const IMPORT_FIELDS = [
  'name',
  'contact_name',
  'phone',
  'email',
  'lifecycle',
  'lost_reason',
  'owner',
  'tags',
  'source',
  'industry',
  'employees',
  'revenue',
  'revenue_currency',
  'website',
  'address',
  'district',
  'city',
  'region',
  'postal_code',
  'country',
  'parent',
  'note',
  'do_not_contact',
  'created_at',
] as const;

export type ImportField = (typeof IMPORT_FIELDS)[number];

/** Fields that hold the values of several columns; every other field takes one. */
const JOINING: ReadonlySet<string> = new Set(['note', 'tags']);

export const fieldOf = (mapping: ColumnMapping[], column: string): string | null => mapping.find((entry) => entry.column === column)?.field ?? null;

/** Lets a column fill a field, or none. A field that takes one column is released from the one that had it. */
export function assign(mapping: ColumnMapping[], column: string, field: string | null): ColumnMapping[] {
  const others = mapping.filter((entry) => entry.column !== column && (field === null || JOINING.has(field) || entry.field !== field));
  return field === null ? others : [...others, { column, field }];
}

/** The mapping in the order of the file, without what only suggestions carry. */
export const inFileOrder = (mapping: ColumnMapping[], columns: ImportColumn[]): ColumnMapping[] =>
  columns.flatMap(({ key }) => mapping.filter((entry) => entry.column === key).map(({ column, field }) => ({ column, field })));

/** The fields without which nothing can be imported in this way, as far as no column fills them. */
export function missingFields(mapping: ColumnMapping[], options: Pick<ImportOptions, 'mode' | 'key'>): string[] {
  const needed: string[] = [];
  if (options.mode !== 'update') needed.push('name');
  if (options.mode !== 'create') needed.push(options.key ?? 'phone');
  return [...new Set(needed)].filter((field) => !mapping.some((entry) => entry.field === field));
}

/** How sure the heading of a column made the suggestion that still stands. */
export function certainty(suggested: ColumnMapping[], mapping: ColumnMapping[], column: string): 'sure' | 'guess' | 'own' | 'ignored' {
  const chosen = fieldOf(mapping, column);
  if (chosen === null) return 'ignored';
  const suggestion = suggested.find((entry) => entry.column === column);
  if (suggestion?.field !== chosen) return 'own';
  return suggestion.sure ? 'sure' : 'guess';
}
