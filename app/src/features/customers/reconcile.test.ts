import { reconcile, same } from './reconcile';

const base = { name: '云帆科技', phone: '+8613800138000' as string | null, tags: ['vip'], note: '' };

describe('reconcile', () => {
  it('lets through what only I changed', () => {
    expect(reconcile(base, { name: '云帆' }, { ...base, note: 'theirs' })).toEqual({ patch: { name: '云帆' }, conflicts: [] });
  });

  it('asks when both changed one field', () => {
    expect(reconcile(base, { phone: null, note: 'mine' }, { ...base, phone: '+8613900139000' })).toEqual({
      patch: { note: 'mine' },
      conflicts: ['phone'],
    });
  });

  it('has nothing to do when both changed it to the same', () => {
    expect(reconcile(base, { tags: ['a', 'b'] }, { ...base, tags: ['b', 'a'] })).toEqual({ patch: {}, conflicts: [] });
    expect(reconcile(base, { phone: null }, { ...base, phone: null })).toEqual({ patch: {}, conflicts: [] });
  });

  it('takes null and empty for the same', () => {
    expect(same(null, '')).toBe(true);
    expect(same(0, null)).toBe(false);
    expect(same(['a'], ['a', 'b'])).toBe(false);
  });
});
