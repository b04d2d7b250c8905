import { act, fireEvent, screen, waitFor } from '@testing-library/react-native';

import type { Task } from '@/api/tasks';
import { meOf, renderApp, type Answers } from '@/testing/renderApp';
import { taskOf } from '@/testing/taskOf';

import { TaskList } from './TaskList';

jest.mock('expo-router', () => ({ Link: ({ children }: { children: unknown }) => children, router: {} }));

const task = taskOf({ priority: 'high' });

async function renderList(answers: Answers, me = meOf(), shown: Task = task) {
  const view = await renderApp(<TaskList view="overdue" whose="me" onOpen={() => {}} />, {
    'GET /v1/me': { body: me },
    'GET /v1/members': { body: { data: [] } },
    'GET /v1/tasks': { body: { data: [shown], next_cursor: null, total: 1 } },
    ...answers,
  });
  await screen.findByText('发送报价单');
  return view;
}

const tick = () => act(async () => fireEvent.press(screen.getByTestId('action-complete-tsk_1')));

it('ticks a task off, and takes it back', async () => {
  const { sent } = await renderList({ 'PATCH /v1/tasks/tsk_1': { body: task } });
  await tick();
  expect(await screen.findByText('Done: 发送报价单')).toBeTruthy();
  await act(async () => fireEvent.press(screen.getByText('Undo')));
  await waitFor(() =>
    expect(sent.filter(({ call }) => call.startsWith('PATCH')).map(({ body }) => body)).toEqual([{ status: 'done' }, { status: 'open' }]),
  );
});

it('says so when the server does not take the tick', async () => {
  await renderList({ 'PATCH /v1/tasks/tsk_1': { status: 403, body: { status: 403, code: 'forbidden' } } });
  await tick();
  expect(await screen.findByText('“发送报价单” was not saved and is as it was')).toBeTruthy();
});

it('offers to call the customer, but not one who does not want it', async () => {
  await renderList({});
  expect(screen.getByLabelText('Call 王志强')).toBeTruthy();
  screen.unmount();
  await renderList({}, meOf(), { ...task, customer: { ...task.customer!, do_not_contact: true } });
  expect(screen.queryByLabelText('Call 王志强')).toBeNull();
});

it('offers no tick to those who may only read', async () => {
  await renderList({}, meOf({ permissions: { 'task:read': 'own' } }));
  expect(screen.queryByTestId('action-complete-tsk_1')).toBeNull();
  expect(screen.queryByLabelText('Postpone: 发送报价单')).toBeNull();
});
