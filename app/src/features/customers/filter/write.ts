import { FILTER_FIELDS, isRaw, type Clause, type Condition } from './fields';
import { quote } from './tokens';

/** Writes clauses as an AIP-160 filter; no clauses are the empty filter. */
export const toFilter = (clauses: Clause[]): string => clauses.map(write).join(' AND ');

function write(clause: Clause): string {
  if (isRaw(clause)) return clause.raw;
  const { field, operator, values } = clause;
  const [value = ''] = values;
  switch (operator) {
    case 'any':
      return anyOf(clause);
    case 'none':
      return noneOf(clause);
    case 'set':
      return `${field}:*`;
    case 'unset':
      return `NOT ${field}:*`;
    case 'contains':
      return `${field}:${quote(value)}`;
    case 'lacks':
      return `NOT ${field}:${quote(value)}`;
    case 'equals':
      return `${field} = ${FILTER_FIELDS[field] === 'text' ? quote(value) : value}`;
    case 'least':
      return `${field} >= ${value}`;
    case 'most':
      return `${field} <= ${value}`;
    case 'withinLast':
      return `${field} >= ago(${quote(value)})`;
    case 'olderThan':
      return `${field} < ago(${quote(value)})`;
    case 'withinNext':
      return `${field} <= ahead(${quote(value)})`;
    case 'laterThan':
      return `${field} > ahead(${quote(value)})`;
    case 'overdue':
      return `${field} < ago("0m")`;
    case 'since':
      return `${field} >= ${quote(value)}`;
    case 'before':
      return `${field} < ${quote(value)}`;
    case 'yes':
      return `${field} = true`;
    case 'no':
      return `${field} = false`;
  }
}

/** Tags are members of a set and take ":"; stages are words; people are `me` or an id. */
function equation({ field }: Condition, value: string): string {
  switch (FILTER_FIELDS[field]) {
    case 'tags':
      return `${field}:${quote(value)}`;
    case 'stage':
      return `${field} = ${value}`;
    default:
      return `${field} = ${value === 'me' ? value : quote(value)}`;
  }
}

function anyOf(condition: Condition): string {
  const parts = condition.values.map((value) => equation(condition, value));
  return parts.length === 1 ? parts.join() : `(${parts.join(' OR ')})`;
}

function noneOf(condition: Condition): string {
  const parts = condition.values.map((value) => equation(condition, value));
  return parts.length === 1 ? `NOT ${parts.join()}` : `NOT (${parts.join(' OR ')})`;
}
