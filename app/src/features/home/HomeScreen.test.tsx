import { screen } from '@testing-library/react-native';

import type { Home } from '@/api/home';
import { meOf, renderApp } from '@/testing/renderApp';

import { HomeScreen } from './HomeScreen';

jest.mock('expo-router', () => {
  const { Text } = jest.requireActual('react-native');
  return {
    useLocalSearchParams: () => ({}),
    useIsFocused: () => true,
    // Shows where a number leads.
    Link: ({ href, children }: { href: string; children: React.ReactNode }) => (
      <>
        {children}
        <Text>{`-> ${href}`}</Text>
      </>
    ),
    router: {},
  };
});

const figure = (count: number, list: 'customers' | 'tasks' | 'interactions', filter: string) => ({ count, capped: false, list, filter });
const home: Home = {
  date: '2026-03-02',
  overdue_tasks: figure(0, 'tasks', ''),
  today_tasks: figure(0, 'tasks', ''),
  quiet_customers: figure(2, 'customers', 'owner = me AND quiet = true'),
  interactions: figure(3, 'interactions', ''),
  new_customers: figure(1, 'customers', 'owner = me AND created_at >= "2026-03-02"'),
  wins: figure(0, 'customers', 'owner = me AND lifecycle = "won"'),
  stages: [],
};
const team: Home['team'] = {
  overdue_tasks: figure(4, 'tasks', ''),
  quiet_customers: figure(0, 'customers', 'quiet = true'),
  people: [
    { id: 'usr_3', name: '李婷婷', interactions: 0, new_customers: 0, wins: 0, overdue_tasks: 2 },
    { id: 'usr_2', name: '陈晨', interactions: 5, new_customers: 1, wins: 0, overdue_tasks: 0 },
  ],
};
const none = { body: { data: [], next_cursor: null, total: 0 } };
const answers = { 'GET /v1/tasks': none, 'GET /v1/customers': none, 'GET /v1/members': none, 'GET /v1/invitations': none };

it('shows a rep their own day, each number with its list', async () => {
  const { sent } = await renderApp(<HomeScreen />, { ...answers, 'GET /v1/me': { body: meOf() }, 'GET /v1/home': { body: home } });
  expect(await screen.findByText('2 quiet customers')).toBeTruthy();
  expect(await screen.findByText('Nothing to do today')).toBeTruthy();
  expect(screen.getByText('-> /interactions?author=me')).toBeTruthy();
  expect(screen.getByText(`-> /customers?filter=${encodeURIComponent(home.new_customers.filter)}`)).toBeTruthy();
  expect(screen.queryByText('People today')).toBeNull();
  expect(sent.map(({ call }) => call)).not.toContain('GET /v1/invitations');
});

it('shows a manager the team first, who has done nothing before the others', async () => {
  await renderApp(<HomeScreen />, { ...answers, 'GET /v1/me': { body: meOf() }, 'GET /v1/home': { body: { ...home, team } } });
  expect(await screen.findByText('People today')).toBeTruthy();
  expect(screen.getAllByTestId(/^row-usr_/).map((row) => row.props.testID)).toEqual(['row-usr_3', 'row-usr_2']);
  expect(screen.getByText('Nothing yet today')).toBeTruthy();
  expect(screen.getByText('-> /tasks?view=overdue&whose=usr_3')).toBeTruthy();
  expect(screen.queryByText('Get started')).toBeNull();
});

it('offers an admin the first steps', async () => {
  const permissions = { ...meOf().permissions, 'company:update': 'all', 'invitation:read': 'all' };
  const empty = { ...home, team: { ...team, people: [] } };
  await renderApp(<HomeScreen />, { ...answers, 'GET /v1/me': { body: meOf({ permissions }) }, 'GET /v1/home': { body: empty } });
  expect(await screen.findByText('Get started')).toBeTruthy();
  expect(screen.getByText('Import customers')).toBeTruthy();
});
