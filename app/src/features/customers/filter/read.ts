import { FILTER_FIELDS, isFilterField, operatorsOf, STAGES, type Clause, type Condition, type FilterField, type Operator } from './fields';
import { characterAt, FilterSyntaxError, tokenize, type Token } from './tokens';

/**
 * Reads a filter as clauses, one for each part that AND joins at the top. What no sentence says stays raw, so that
 * toFilter gives back the same filter. It throws FilterSyntaxError when quotes or parentheses do not close.
 */
export function readFilter(filter: string): Clause[] {
  const tokens = tokenize(filter);
  return split(tokens, 'AND', filter)
    .filter((part) => part.some((token) => token.kind !== 'space'))
    .map((part) => readClause(part, filter));
}

/** Splits at a word outside of parentheses. */
function split(tokens: Token[], at: 'AND' | 'OR', filter: string): Token[][] {
  const parts: Token[][] = [[]];
  const open: Token[] = [];
  for (const token of tokens) {
    if (token.kind === 'mark' && token.value === '(') open.push(token);
    if (token.kind === 'mark' && token.value === ')' && open.pop() === undefined) {
      throw new FilterSyntaxError('parenthesis', characterAt(filter, token.start));
    }
    if (token.kind === 'text' && token.value === at && open.length === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  const unclosed = open[0];
  if (unclosed) throw new FilterSyntaxError('parenthesis', characterAt(filter, unclosed.start));
  return parts;
}

function readClause(part: Token[], filter: string): Clause {
  const raw = filter.slice(part[0]?.start, part.at(-1)?.end).trim();
  return readCondition(dense(part), filter) ?? { raw };
}

const dense = (tokens: Token[]): Token[] => tokens.filter((token) => token.kind !== 'space');

const isMark = (token: Token | undefined, value: string): boolean => token?.kind === 'mark' && token.value === value;

function readCondition(tokens: Token[], filter: string): Condition | undefined {
  if (tokens[0]?.kind === 'text' && tokens[0].value === 'NOT') {
    const inner = readCondition(tokens.slice(1), filter);
    return inner && negate(inner);
  }
  if (isMark(tokens[0], '(') && isMark(tokens.at(-1), ')')) {
    const inner = tokens.slice(1, -1);
    return readGroup(inner, filter) ?? readCondition(inner, filter);
  }
  const compared = readComparison(tokens);
  if (compared) return allowed(compared) ? compared : undefined;
  return readGroup(tokens, filter);
}

/** (owner = me OR owner = "usr_…") is one sentence when all its parts ask the same field for one value each. */
function readGroup(tokens: Token[], filter: string): Condition | undefined {
  let parts: Token[][];
  try {
    parts = split(tokens, 'OR', filter);
  } catch {
    return undefined; // "(a) OR (b)" begins and ends with parentheses that do not belong together
  }
  const conditions = parts.map((part) => readComparison(part));
  const first = conditions[0];
  if (!first || parts.length < 2) return undefined;
  const values: string[] = [];
  for (const condition of conditions) {
    if (condition?.field !== first.field || condition.operator !== 'any') return undefined;
    values.push(...condition.values);
  }
  return { ...first, values };
}

const OPPOSITES: Partial<Record<Operator, Operator>> = { any: 'none', contains: 'lacks', set: 'unset' };

function negate(condition: Condition): Condition | undefined {
  const operator = OPPOSITES[condition.operator];
  return operator && allowed({ ...condition, operator }) ? { ...condition, operator } : undefined;
}

const allowed = ({ field, operator }: Condition): boolean => operatorsOf(field).includes(operator);

/** Reads `field operator value`; which sentence that is depends on the kind of the field. */
function readComparison(tokens: Token[]): Condition | undefined {
  const [name, operator, ...rest] = tokens;
  if (name?.kind !== 'text' || operator?.kind !== 'mark' || !isFilterField(name.value)) return undefined;
  const field = name.value;
  if (operator.value === ':' && rest.length === 1 && rest[0]?.value === '*') return { field, operator: 'set', values: [] };
  const span = readSpan(rest);
  if (span) return readRelative(field, operator.value, span);
  const [value] = rest;
  if (rest.length !== 1 || !value || (value.kind !== 'text' && value.kind !== 'string')) return undefined;
  return readValue(field, operator.value, value);
}

/** ago("7d") and ahead("7d"). */
function readSpan(tokens: Token[]): { direction: string; span: string; } | undefined {
  const [name, open, span, close] = tokens;
  if (tokens.length !== 4 || name?.kind !== 'text' || !isMark(open, '(') || span?.kind !== 'string' || !isMark(close, ')')) return undefined;
  return /^\d+[mhdw]$/.test(span.value) ? { direction: name.value, span: span.value } : undefined;
}

function readRelative(field: FilterField, operator: string, { direction, span }: { direction: string; span: string; }): Condition | undefined {
  if (FILTER_FIELDS[field] === 'due' && operator === '<' && direction === 'ago' && /^0[mhdw]$/.test(span)) {
    return { field, operator: 'overdue', values: [] };
  }
  const sentence = ({ '>=ago': 'withinLast', '<ago': 'olderThan', '<=ahead': 'withinNext', '>ahead': 'laterThan' } as const)[operator + direction];
  return sentence && { field, operator: sentence, values: [span] };
}

const NUMBER = /^-?\d+(\.\d+)?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MEMBER = /^usr_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

function readValue(field: FilterField, sign: string, { value, kind }: Token): Condition | undefined {
  const one = (operator: Operator): Condition => ({ field, operator, values: [value] });
  switch (FILTER_FIELDS[field]) {
    case 'stage':
      if (!(STAGES as readonly string[]).includes(value)) return undefined;
      return sign === '=' ? one('any') : sign === '!=' ? one('none') : undefined;
    case 'member':
      if (value !== 'me' && !MEMBER.test(value)) return undefined;
      return sign === '=' ? one('any') : sign === '!=' ? one('none') : undefined;
    case 'tags':
      return sign === ':' ? one('any') : undefined;
    case 'text':
      return sign === '=' ? one('equals') : sign === ':' ? one('contains') : undefined;
    case 'number':
    case 'money': {
      const operator = ({ '=': 'equals', '>=': 'least', '<=': 'most' } as const)[sign];
      return operator && NUMBER.test(value) ? one(operator) : undefined;
    }
    case 'past':
    case 'due': {
      const operator = ({ '>=': 'since', '<': 'before' } as const)[sign];
      return operator && kind === 'string' && DATE.test(value) ? one(operator) : undefined;
    }
    case 'bool': {
      if (sign !== '=') return undefined;
      return value === 'true' ? { field, operator: 'yes', values: [] } : value === 'false' ? { field, operator: 'no', values: [] } : undefined;
    }
  }
}

/** Like readFilter, but a filter that cannot be read is one raw clause, which the server will explain. */
export function clausesOf(filter: string): Clause[] {
  try {
    return readFilter(filter);
  } catch {
    return [{ raw: filter }];
  }
}
