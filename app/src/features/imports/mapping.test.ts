import { assign, certainty, fieldOf, inFileOrder, missingFields } from './mapping';

const columns = [
  { key: 'A', heading: '公司名称', samples: [] },
  { key: 'B', heading: '手机', samples: [] },
  { key: 'C', heading: '备注', samples: [] },
  { key: 'D', heading: '备注', samples: [] },
];
const suggested = [
  { column: 'A', field: 'name', sure: true },
  { column: 'B', field: 'phone' },
];

describe('import mapping', () => {
  it('moves a field that takes one column', () => {
    const moved = assign(suggested, 'C', 'phone');
    expect(fieldOf(moved, 'B')).toBeNull();
    expect(inFileOrder(moved, columns)).toEqual([
      { column: 'A', field: 'name' },
      { column: 'C', field: 'phone' },
    ]);
  });

  it('lets note and tags take several columns', () => {
    const both = assign(assign(suggested, 'D', 'note'), 'C', 'note');
    expect(inFileOrder(both, columns).filter((entry) => entry.field === 'note')).toEqual([
      { column: 'C', field: 'note' },
      { column: 'D', field: 'note' },
    ]);
  });

  it('gives a column one field, and takes it away', () => {
    expect(assign(suggested, 'A', 'contact_name').filter((entry) => entry.column === 'A')).toEqual([{ column: 'A', field: 'contact_name' }]);
    expect(assign(suggested, 'A', null)).toEqual([{ column: 'B', field: 'phone' }]);
  });

  it.each([
    ['create', 'phone', []],
    ['update', 'email', ['email']],
    ['upsert', 'phone', []],
    ['upsert', 'name', []],
  ] as const)('knows what %s by %s lacks', (mode, key, missing) => {
    expect(missingFields(suggested, { mode, key })).toEqual(missing);
  });

  it('asks for the name only once', () => {
    expect(missingFields([], { mode: 'upsert', key: 'name' })).toEqual(['name']);
  });

  it('tells suggestions from choices', () => {
    expect(certainty(suggested, suggested, 'A')).toBe('sure');
    expect(certainty(suggested, suggested, 'B')).toBe('guess');
    expect(certainty(suggested, assign(suggested, 'B', 'note'), 'B')).toBe('own');
    expect(certainty(suggested, assign(suggested, 'B', null), 'B')).toBe('ignored');
  });
});
