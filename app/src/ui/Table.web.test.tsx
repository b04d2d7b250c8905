import { act, fireEvent, screen, within } from '@testing-library/react';
import { router } from 'expo-router';
import { useState } from 'react';

import { renderPart } from '@/testing/renderPart';

import { Table } from './Table';

// Outside an app there is no route to go to.
jest.mock('expo-router', () => ({
  router: { push: jest.fn() },
}));

type Customer = { id: string; name: string; city: string };

const rows: Customer[] = ['a', 'b', 'c', 'd'].map((id) => ({ id, name: `Name ${id}`, city: `City ${id}` }));

function Customers({ sort, onSort, onSelect }: { sort?: string; onSort?: (sort: string) => void; onSelect?: (keys: string[]) => void }) {
  const [selected, setSelected] = useState(new Set<string>());
  return (
    <Table
      name="customers"
      label="Customers"
      rows={rows}
      rowKey={(row) => row.id}
      rowName={(row) => row.name}
      href={(row) => `/customers/${row.id}`}
      columns={[
        { key: 'name', title: 'Name', sort: 'name', render: (row) => row.name },
        { key: 'city', title: 'City', render: (row) => row.city },
      ]}
      sort={sort}
      onSort={onSort}
      selected={selected}
      onSelect={
        onSelect &&
        ((next) => {
          setSelected(next);
          onSelect([...next].sort());
        })
      }
      card={(row) => row.name}
    />
  );
}

const tick = (id: string) => screen.getByTestId<HTMLInputElement>(`select-${id}`);

test('a head tells the order and asks for the other one', async () => {
  const onSort = jest.fn();
  const head = () => screen.getByText('Name').closest('th');
  const { update } = await renderPart(<Customers onSort={onSort} />);
  expect(head()?.getAttribute('aria-sort')).toBe('none');
  fireEvent.click(screen.getByTestId('sort-name'));
  expect(onSort).toHaveBeenLastCalledWith('name');

  update(<Customers sort="name" onSort={onSort} />);
  expect(head()?.getAttribute('aria-sort')).toBe('ascending');
  fireEvent.click(screen.getByTestId('sort-name'));
  expect(onSort).toHaveBeenLastCalledWith('-name');

  update(<Customers sort="-name" onSort={onSort} />);
  expect(head()?.getAttribute('aria-sort')).toBe('descending');
  fireEvent.click(screen.getByTestId('sort-name'));
  expect(onSort).toHaveBeenLastCalledWith('name');
});

test('a column that the server cannot order offers no order', async () => {
  await renderPart(<Customers onSort={() => {}} />);
  expect(screen.queryByTestId('sort-city')).toBeNull();
  expect(screen.getByText('City').closest('th')?.hasAttribute('aria-sort')).toBe(false);
});

test('one tick takes one row; one with Shift takes all since the last', async () => {
  const onSelect = jest.fn();
  await renderPart(<Customers onSelect={onSelect} />);
  fireEvent.click(tick('b'));
  expect(onSelect).toHaveBeenLastCalledWith(['b']);
  fireEvent.click(tick('d'), { shiftKey: true });
  expect(onSelect).toHaveBeenLastCalledWith(['b', 'c', 'd']);
  fireEvent.click(tick('c'));
  expect(onSelect).toHaveBeenLastCalledWith(['b', 'd']);
  expect(screen.getByTestId('row-b').getAttribute('aria-selected')).toBe('true');
  expect(screen.getByTestId('row-c').getAttribute('aria-selected')).toBe('false');
});

test('the tick in the head takes all rows, then none, and is mixed between', async () => {
  const onSelect = jest.fn();
  await renderPart(<Customers onSelect={onSelect} />);
  const all = screen.getByTestId<HTMLInputElement>('select-all');
  fireEvent.click(tick('a'));
  expect(all.indeterminate).toBe(true);
  fireEvent.click(all);
  expect(onSelect).toHaveBeenLastCalledWith(['a', 'b', 'c', 'd']);
  expect(all.indeterminate).toBe(false);
  expect(all.checked).toBe(true);
  fireEvent.click(all);
  expect(onSelect).toHaveBeenLastCalledWith([]);
});

test('a row holds a real link and is followed from anywhere but its tick', async () => {
  await renderPart(<Customers onSelect={() => {}} />);
  const row = screen.getByTestId('row-b');
  expect(within(row).getByRole('link').getAttribute('href')).toBe('/customers/b');
  fireEvent.click(tick('b'));
  expect(router.push).not.toHaveBeenCalled();
  fireEvent.click(screen.getByText('City b'));
  expect(router.push).toHaveBeenCalledWith('/customers/b');
});

test('with Ctrl a row opens beside', async () => {
  const open = jest.spyOn(globalThis, 'open').mockReturnValue(null);
  jest.mocked(router.push).mockClear();
  await renderPart(<Customers />);
  fireEvent.click(screen.getByText('City c'), { ctrlKey: true });
  expect(open).toHaveBeenCalledWith('/customers/c', '_blank', 'noopener');
  expect(router.push).not.toHaveBeenCalled();
});

test('of rows that are rushed past only the name is drawn, until the hand rests', async () => {
  jest.useFakeTimers();
  const many = Array.from({ length: 500 }, (_, i) => ({ id: `n${i}`, name: `Name ${i}`, city: `City ${i}` }));
  const column = (key: 'name' | 'city') => ({ key, title: key, render: (row: Customer) => row[key] });
  await renderPart(
    <Table name="many" label="Many" rows={many} rowKey={(row) => row.id} rowName={(row) => row.name} columns={[column('name'), column('city')]} card={(row) => row.name} />,
  );
  const scroller = screen.getByRole('table').parentElement as HTMLElement;
  act(() => {
    scroller.scrollTop = 200 * 40;
    fireEvent.scroll(scroller);
  });
  expect(screen.getByText('Name 200')).toBeTruthy();
  expect(screen.queryByText('City 200')).toBeNull();
  act(() => jest.advanceTimersByTime(100));
  expect(screen.getByText('City 200')).toBeTruthy();
  jest.useRealTimers();
});
