import { listParams, queryOf, readListState, viewsOf, type ListState } from './listState';

const all = viewsOf('all', true);

describe('list state', () => {
  it('offers the views that the scope reaches', () => {
    expect(viewsOf('own', false)).toEqual(['mine']);
    expect(viewsOf('team', true)).toEqual(['mine', 'team']);
    expect(viewsOf('all', false)).toEqual(['mine', 'all']);
    expect(viewsOf(undefined, false)).toEqual(['mine']);
  });

  it('survives the address', () => {
    const states: ListState[] = [
      { view: 'all', filter: '', q: '', sort: '-updated_at' },
      { view: 'mine', filter: 'tags:"重点 客户" AND name:"a\\"b"', q: '云帆 & co', sort: 'name' },
      { view: 'team', filter: 'broken "', q: '', sort: '-last_interaction_at' },
    ];
    for (const state of states) {
      const link = new URLSearchParams();
      for (const [name, value] of Object.entries(listParams(state, all))) if (value) link.set(name, value);
      expect(readListState(Object.fromEntries(new URLSearchParams(link.toString())), all)).toEqual(state);
    }
  });

  it('falls back from what it does not know', () => {
    expect(readListState({ view: 'all', sort: 'phone; drop', q: ['a', 'b'] }, viewsOf('team', true))).toEqual({
      view: 'team',
      filter: '',
      q: 'a',
      sort: '-updated_at',
    });
  });

  it('shows the quiet customers that a notice links to', () => {
    expect(readListState({ view: 'quiet' }, all)).toMatchObject({ view: 'all', filter: 'quiet = true' });
  });

  it('asks the server for the view and the filter', () => {
    const state: ListState = { view: 'mine', filter: 'lifecycle = won OR lifecycle = lost', q: ' 云帆 ', sort: '-created_at' };
    expect(queryOf(state, undefined)).toEqual({
      filter: 'owner = me AND lifecycle = won OR lifecycle = lost',
      q: '云帆',
      orderBy: 'created_at desc',
    });
    expect(queryOf({ ...state, view: 'all', filter: '' }, undefined).filter).toBe('');
    expect(queryOf({ ...state, view: 'team', filter: '' }, ['usr_1', 'usr_2']).filter).toBe('(owner = "usr_1" OR owner = "usr_2")');
  });
});
