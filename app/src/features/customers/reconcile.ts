/** Two people changed one record: which of my changes stand, and which need a decision. */
export interface Reconciled<T> {
  /** What can be sent with the version that was just read. */
  patch: Partial<T>;
  /** Fields that both have changed, to different values. */
  conflicts: (keyof T & string)[];
}

/**
 * Compares my changes with what the record has become since I began from base. A field that only I changed goes
 * through; one that now has my value already needs no change; one that both changed is a conflict.
 */
export function reconcile<T extends object>(base: T, mine: Partial<T>, theirs: T): Reconciled<T> {
  const patch: Partial<T> = {};
  const conflicts: (keyof T & string)[] = [];
  for (const key of Object.keys(mine) as (keyof T & string)[]) {
    if (same(mine[key], theirs[key])) continue;
    if (same(base[key], theirs[key])) patch[key] = mine[key];
    else conflicts.push(key);
  }
  return { patch, conflicts };
}

/** null and the empty text both mean "not filled in"; lists compare as sets, as tags do. */
export function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && [...a].sort().every((value, i) => value === [...b].sort()[i]);
  }
  return (a ?? '') === (b ?? '');
}
