import { beginWith, finish, withOperator } from './editing';
import { FILTER_FIELDS, type FilterField } from './fields';
import { readFilter } from './read';
import { toFilter } from './write';

describe('building a filter', () => {
  it('begins every field with something that can be asked', () => {
    for (const field of Object.keys(FILTER_FIELDS) as FilterField[]) expect(beginWith(field).field).toBe(field);
    expect(beginWith('last_interaction_at')).toEqual({ field: 'last_interaction_at', operator: 'withinLast', values: ['7d'] });
  });

  it('keeps values that still fit', () => {
    const tags = { field: 'tags' as const, operator: 'any' as const, values: ['重点'] };
    expect(withOperator(tags, 'none').values).toEqual(['重点']);
    expect(withOperator(tags, 'unset').values).toEqual([]);
    expect(withOperator(beginWith('created_at'), 'since').values).toEqual([]);
    expect(withOperator(beginWith('created_at'), 'olderThan').values).toEqual(['7d']);
  });

  it('asks for amounts in minor units', () => {
    expect(finish({ field: 'revenue', operator: 'least', values: ['50万'] }, 'CNY')).toEqual({
      field: 'revenue',
      operator: 'least',
      values: ['50000000'],
    });
    expect(finish({ field: 'employees', operator: 'most', values: [' 1,200 '] }, 'CNY')).toMatchObject({ values: ['1200'] });
  });

  it.each([
    [{ field: 'tags', operator: 'any', values: [] }, 'needValue'],
    [{ field: 'name', operator: 'contains', values: ['  '] }, 'needValue'],
    [{ field: 'name', operator: 'contains', values: ['*'] }, 'star'],
    [{ field: 'revenue', operator: 'least', values: ['much'] }, 'needNumber'],
    [{ field: 'created_at', operator: 'withinLast', values: ['d'] }, 'needNumber'],
  ] as const)('does not finish %p', (edited, problem) => {
    expect(finish({ ...edited, values: [...edited.values] }, 'CNY')).toBe(problem);
  });

  it('makes filters that read back', () => {
    const finished = finish({ field: 'name', operator: 'contains', values: ['云 "帆"'] }, 'CNY');
    if (typeof finished === 'string') throw new Error(finished);
    expect(readFilter(toFilter([finished]))).toEqual([finished]);
  });
});
