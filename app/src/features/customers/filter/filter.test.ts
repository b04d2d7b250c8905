import { FILTER_FIELDS, isRaw, operatorsOf, type Clause, type Condition, type FilterField } from './fields';
import { readFilter } from './read';
import { FilterSyntaxError } from './tokens';
import { toFilter } from './write';

const member = 'usr_01h455vb4pex5vsknk084sn02q';
const awkward = ['云帆', '云帆 "科技" AND x', "it's", 'a\\b', '\\', '"', '(', ')', ' OR ', 'NOT', '50%_', '全角（括号）', '😀 OR 😀', '王小明，李四', 'me', 'true', '*x*', '2026-01-01'];

/** One condition for every operator of every field, with each awkward value where text is taken. */
function everyCondition(): Condition[] {
  const all: Condition[] = [];
  for (const field of Object.keys(FILTER_FIELDS) as FilterField[]) {
    for (const operator of operatorsOf(field)) {
      for (const values of valuesFor(field, operator)) all.push({ field, operator, values });
    }
  }
  return all;
}

function valuesFor(field: FilterField, operator: Condition['operator']): string[][] {
  if (['set', 'unset', 'overdue', 'yes', 'no'].includes(operator)) return [[]];
  switch (FILTER_FIELDS[field]) {
    case 'stage':
      return [['won'], ['potential', 'interested'], ['potential', 'interested', 'won', 'lost']];
    case 'member':
      return [['me'], [member], ['me', member]];
    case 'tags':
      return [...awkward.map((text) => [text]), awkward];
    case 'text':
      return awkward.map((text) => [text]);
    case 'number':
    case 'money':
      return [['0'], ['-5'], ['12.5'], ['9007199254740991']];
    default:
      return operator === 'since' || operator === 'before' ? [['2026-03-01']] : [['7d'], ['90m'], ['2w']];
  }
}

describe('filter', () => {
  const all = everyCondition();

  it('reads back every sentence that it writes', () => {
    expect(all.length).toBeGreaterThan(250);
    for (const condition of all) expect(readFilter(toFilter([condition]))).toEqual([condition]);
  });

  it('reads back sentences that AND joins, whatever stands beside them', () => {
    for (let i = 0; i < all.length; i++) {
      const clauses: Clause[] = [all[i]!, all[(i * 7 + 3) % all.length]!, all[(i * 13 + 5) % all.length]!];
      expect(readFilter(toFilter(clauses))).toEqual(clauses);
    }
  });

  it('survives a link', () => {
    for (const condition of all) {
      const link = new URLSearchParams({ filter: toFilter([condition]) }).toString();
      expect(readFilter(new URLSearchParams(link).get('filter') ?? '')).toEqual([condition]);
    }
  });

  it('keeps what it cannot say, word for word', () => {
    for (const raw of [
      'employees > 5 OR revenue > 3',
      '(owner = me OR lifecycle = won)',
      'lifecycle = unknown',
      'nosuch = "x"',
      'name = "line\\nbreak"',
      '(name = "a") OR (name = "b")',
      'NOT (name:"a" OR name:"b")',
      'name:*',
      'owner = "nobody"',
      'created_at >= "2026-03-01T09:00:00+08:00"',
    ]) {
      const clauses = readFilter(`owner = me AND ${raw} AND tags:"重点"`);
      expect(clauses).toHaveLength(3);
      expect(clauses.filter(isRaw)).toEqual([{ raw }]);
      expect(toFilter(clauses)).toBe(`owner = me AND ${raw} AND tags:"重点"`);
    }
  });

  it('understands other ways to write the same', () => {
    expect(readFilter(`lifecycle != won`)).toEqual([{ field: 'lifecycle', operator: 'none', values: ['won'] }]);
    expect(readFilter(`owner="me"`)).toEqual([{ field: 'owner', operator: 'any', values: ['me'] }]);
    expect(readFilter(`owner = me OR owner = ${member}`)).toEqual([{ field: 'owner', operator: 'any', values: ['me', member] }]);
    expect(readFilter(`  (tags:vip)  AND`)).toEqual([{ field: 'tags', operator: 'any', values: ['vip'] }]);
    expect(readFilter(`name = 'say "hi"'`)).toEqual([{ field: 'name', operator: 'equals', values: ['say "hi"'] }]);
    expect(readFilter('')).toEqual([]);
  });

  it.each([
    ['name = "open', 'unterminated', 8],
    ['名称 = "没有结束', 'unterminated', 6],
    ['(owner = me', 'parenthesis', 1],
    ['😀 = me)', 'parenthesis', 7],
  ])('says where %s goes wrong', (filter, reason, at) => {
    const read = () => readFilter(filter);
    expect(read).toThrow(FilterSyntaxError);
    try {
      read();
    } catch (error) {
      expect(error).toMatchObject({ reason, at });
    }
  });
});
