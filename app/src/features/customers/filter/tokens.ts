/** The words of an AIP-160 filter, with where they stand. */
export interface Token {
  /** `escaped` is a string with escapes that only the server reads, as \n or \u4e2d. */
  kind: 'text' | 'string' | 'escaped' | 'mark' | 'space';
  /** What the token means: a string without its quotes and escapes. */
  value: string;
  start: number;
  end: number;
}

/** A filter that cannot be read; `at` counts characters (not UTF-16 units) from 1, as the server does. */
export class FilterSyntaxError extends Error {
  constructor(
    readonly reason: 'unterminated' | 'parenthesis',
    readonly at: number,
  ) {
    super(`${reason} at character ${at}`);
  }
}

export const characterAt = (filter: string, offset: number): number => [...filter.slice(0, offset)].length + 1;

const space = /\s+/y;
const mark = /!=|<=|>=|[()=:<>,]/y;
const word = /[^\s()=:<>,!"']+|!/y;

/** Splits a filter into tokens that together cover it without gaps. */
export function tokenize(filter: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(filter)?.[0];
  };
  while (at < filter.length) {
    const quote = filter[at];
    if (quote === '"' || quote === "'") {
      const token = readString(filter, at, quote);
      tokens.push(token);
      at = token.end;
      continue;
    }
    const blank = take(space);
    const sign = blank === undefined ? take(mark) : undefined;
    const text = blank ?? sign ?? take(word) ?? filter.slice(at, at + 1);
    const kind = blank !== undefined ? 'space' : sign !== undefined ? 'mark' : 'text';
    tokens.push({ kind, value: text, start: at, end: at + text.length });
    at += text.length;
  }
  return tokens;
}

function readString(filter: string, start: number, quote: string): Token {
  let value = '';
  let kind: Token['kind'] = 'string';
  for (let at = start + 1; at < filter.length; at++) {
    const c = filter[at];
    if (c === quote) return { kind, value, start, end: at + 1 };
    if (c === '\\') {
      at++;
      if (!'\\"\''.includes(filter[at] ?? '')) kind = 'escaped';
    }
    value += filter[at] ?? '';
  }
  throw new FilterSyntaxError('unterminated', characterAt(filter, start));
}

/** Writes a text as a string of the filter language. */
export const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;
