import { parseAmount } from '../money';
import { arity, FILTER_FIELDS, operatorsOf, type Condition, type FilterField, type Operator } from './fields';

/** A sentence while it is being made: its values as they are typed. */
export interface EditedCondition {
  field: FilterField;
  operator: Operator;
  values: string[];
}

export type ConditionProblem = 'needValue' | 'needNumber' | 'star';

/** A sentence to begin with when a field is chosen. */
export function beginWith(field: FilterField): EditedCondition {
  const operator = operatorsOf(field)[0] ?? 'set';
  return { field, operator, values: firstValues(field, operator) };
}

/** Another operator keeps the values when they mean the same to it. */
export function withOperator(edited: EditedCondition, operator: Operator): EditedCondition {
  const kept = shape(edited.field, edited.operator) === shape(edited.field, operator);
  return { ...edited, operator, values: kept ? edited.values : firstValues(edited.field, operator) };
}

/** What the values of an operator look like. */
export function shape(field: FilterField, operator: Operator): 'none' | 'many' | 'span' | 'date' | 'amount' | 'number' | 'text' {
  if (arity(operator) !== 'one') return arity(operator) as 'none' | 'many';
  switch (operator) {
    case 'withinLast':
    case 'olderThan':
    case 'withinNext':
    case 'laterThan':
      return 'span';
    case 'since':
    case 'before':
      return 'date';
  }
  const kind = FILTER_FIELDS[field];
  return kind === 'money' ? 'amount' : kind === 'number' ? 'number' : 'text';
}

function firstValues(field: FilterField, operator: Operator): string[] {
  return shape(field, operator) === 'span' ? ['7d'] : [];
}

/** The finished sentence, or what is missing. Amounts are typed in major units and asked for in minor ones. */
export function finish(edited: EditedCondition, currency: string): Condition | ConditionProblem {
  const { field, operator } = edited;
  const [value = ''] = edited.values.map((text) => text.trim());
  switch (shape(field, operator)) {
    case 'none':
      return { field, operator, values: [] };
    case 'many':
      if (edited.values.length === 0) return 'needValue';
      return edited.values.includes('*') ? 'star' : edited;
    case 'amount': {
      const minor = parseAmount(value, currency);
      return minor == null ? 'needNumber' : { field, operator, values: [String(minor)] };
    }
    case 'number': {
      const number = value.normalize('NFKC').replace(/[\s,]/g, '');
      return /^-?\d+(\.\d+)?$/.test(number) ? { field, operator, values: [number] } : 'needNumber';
    }
    case 'span':
      return /^\d{1,4}[mhdw]$/.test(value) ? { field, operator, values: [value] } : 'needNumber';
    default:
      if (value === '') return 'needValue';
      // The server takes a single * as the question whether the field is filled in.
      return value === '*' ? 'star' : { field, operator, values: [value] };
  }
}
