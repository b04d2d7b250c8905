import { customersOf, listOfPerson } from './listOf';

const filterOf = (href: string) => new URL(href, 'https://guanxi.example').searchParams.get('filter');

it('lists what a figure counts', () => {
  const filter = 'owner = me AND created_at >= "2026-03-02"';
  expect(filterOf(customersOf({ count: 1, capped: false, list: 'customers', filter }))).toBe(filter);
});

it('lists a colleague’s figures', () => {
  const who = { id: 'usr_1' };
  expect(filterOf(listOfPerson(who, 'new_customers', '2026-03-02'))).toBe('owner = "usr_1" AND created_at >= "2026-03-02"');
  expect(filterOf(listOfPerson(who, 'wins', '2026-03-02'))).toBe(
    'owner = "usr_1" AND lifecycle = "won" AND lifecycle_since >= "2026-03-02"',
  );
  expect(listOfPerson(who, 'overdue_tasks', '2026-03-02')).toBe('/tasks?view=overdue&whose=usr_1');
  expect(listOfPerson(who, 'interactions', '2026-03-02')).toBe('/interactions?author=usr_1');
});
