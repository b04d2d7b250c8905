import { arrange, possibleManagers, reach } from './tree';

const member = (id: string, manager_id: string | null, status = 'active') => ({ id, manager_id, status });
const team = [
  member('admin', null),
  member('rep1', 'manager'),
  member('manager', 'admin'),
  member('rep2', 'manager'),
  member('gone', 'manager', 'deactivated'),
  member('other', 'admin'),
];
const ids = (members: { id: string }[]) => members.map((m) => m.id);

it('lists everybody below their manager', () => {
  expect(arrange(team).map((p) => `${p.depth} ${p.member.id} ${p.reports}`)).toEqual([
    '0 admin 5',
    '1 manager 3',
    '2 rep1 0',
    '2 rep2 0',
    '2 gone 0',
    '1 other 0',
  ]);
});

it('keeps members whose manager it cannot see', () => {
  expect(ids(arrange([member('a', 'unknown')]).map((p) => p.member))).toEqual(['a']);
});

describe('reach', () => {
  it('is oneself, those below, or all, without who has left', () => {
    expect(ids(reach(team, 'manager', 'own'))).toEqual(['manager']);
    expect(ids(reach(team, 'manager', 'team'))).toEqual(['rep1', 'manager', 'rep2']);
    expect(ids(reach(team, 'manager', 'all'))).toEqual(['admin', 'rep1', 'manager', 'rep2', 'other']);
  });

  it('is oneself without the permission', () => {
    expect(ids(reach(team, 'rep1', undefined))).toEqual(['rep1']);
  });
});

it('offers no manager who would close a circle', () => {
  expect(ids(possibleManagers(team, 'manager'))).toEqual(['admin', 'other']);
  expect(ids(possibleManagers(team, 'gone'))).toEqual(['admin', 'rep1', 'manager', 'rep2', 'other']);
});
