/** What a customer list can be filtered by: the fields of the server's filter language that a person would ask for. */

export type FieldKind = 'stage' | 'member' | 'tags' | 'text' | 'number' | 'money' | 'past' | 'due' | 'bool';

export const FILTER_FIELDS = {
  lifecycle: 'stage',
  owner: 'member',
  tags: 'tags',
  source: 'text',
  industry: 'text',
  last_interaction_at: 'past',
  next_follow_up_at: 'due',
  created_at: 'past',
  updated_at: 'past',
  lifecycle_since: 'past',
  name: 'text',
  contact_name: 'text',
  phone: 'text',
  email: 'text',
  website: 'text',
  address: 'text',
  city: 'text',
  region: 'text',
  country: 'text',
  note: 'text',
  employees: 'number',
  revenue: 'money',
  quiet: 'bool',
  do_not_contact: 'bool',
  created_by: 'member',
} as const satisfies Record<string, FieldKind>;

export type FilterField = keyof typeof FILTER_FIELDS;

export const isFilterField = (name: string): name is FilterField => Object.hasOwn(FILTER_FIELDS, name);

export type Operator =
  | 'any' // is one of
  | 'none' // is none of
  | 'set'
  | 'unset'
  | 'contains'
  | 'lacks'
  | 'equals'
  | 'least'
  | 'most'
  | 'withinLast'
  | 'olderThan'
  | 'withinNext'
  | 'laterThan'
  | 'overdue'
  | 'since'
  | 'before'
  | 'yes'
  | 'no';

/** The operators of each kind, in the order they are offered; the first one is what a new chip begins with. */
export const OPERATORS: Record<FieldKind, Operator[]> = {
  stage: ['any', 'none'],
  member: ['any', 'none', 'unset', 'set'],
  tags: ['any', 'none', 'unset', 'set'],
  text: ['contains', 'lacks', 'equals', 'unset', 'set'],
  number: ['least', 'most', 'equals', 'unset', 'set'],
  money: ['least', 'most', 'equals', 'unset', 'set'],
  past: ['withinLast', 'olderThan', 'since', 'before', 'unset', 'set'],
  due: ['overdue', 'withinNext', 'laterThan', 'since', 'before', 'unset', 'set'],
  bool: ['yes', 'no'],
};

/** Fields that always hold a value; asking whether they are set makes no sense. */
export const ALWAYS_SET: ReadonlySet<FilterField> = new Set(['name', 'created_at', 'updated_at', 'lifecycle_since']);

export function operatorsOf(field: FilterField): Operator[] {
  const all = OPERATORS[FILTER_FIELDS[field]];
  return ALWAYS_SET.has(field) ? all.filter((operator) => operator !== 'set' && operator !== 'unset') : all;
}

/** How many values an operator takes. */
export function arity(operator: Operator): 'none' | 'one' | 'many' {
  switch (operator) {
    case 'set':
    case 'unset':
    case 'overdue':
    case 'yes':
    case 'no':
      return 'none';
    case 'any':
    case 'none':
      return 'many';
    default:
      return 'one';
  }
}

export const STAGES = ['potential', 'interested', 'won', 'lost'] as const;

/** One sentence of a filter: a field, an operator and its values. */
export interface Condition {
  field: FilterField;
  operator: Operator;
  values: string[];
}

/** A part of a filter that no sentence of ours says; it is kept as it was written. */
export interface RawCondition {
  raw: string;
}

export type Clause = Condition | RawCondition;

export const isRaw = (clause: Clause): clause is RawCondition => 'raw' in clause;
