import AsyncStorage from '@react-native-async-storage/async-storage';
import { act, fireEvent, screen, waitFor } from '@testing-library/react-native';
import { Text } from 'react-native';

import { LogForm } from '@/features/interactions/LogForm';
import { WaitingSheet } from '@/features/outbox/WaitingSheet';
import { meOf, renderApp, type Answer, type Answers } from '@/testing/renderApp';

import { useOutbox } from './Outbox';
import { countUnsent, wipeUnsent } from './unsent';

jest.mock('expo-router', () => ({ router: {}, Link: ({ children }: { children: React.ReactNode }) => children }));
jest.setTimeout(30_000);

const lost = () => {
  throw new TypeError('Network request failed');
};
const answers = (log: Answers[string], userId = 'usr_1'): Answers => ({
  'GET /v1/me': { body: { ...meOf(), user: { ...meOf().user, id: userId } } },
  'GET /v1/members': { body: { data: [] } },
  'POST /v1/interactions': log,
});

function Waiting() {
  const { waiting, send } = useOutbox();
  return (
    <>
      <Text testID="count">{waiting.length}</Text>
      <Text onPress={() => void send(waiting)}>send</Text>
    </>
  );
}

async function open(part: React.ReactElement, served: Answers, keep = true) {
  const view = await renderApp(
    <>
      {part}
      <Waiting />
    </>,
    served,
    { keep },
  );
  await screen.findByTestId('count');
  await act(async () => {});
  return view;
}

const count = () => screen.getByTestId('count').props.children as number;
const logged = (sent: { call: string; body: unknown }[]) => sent.filter(({ call }) => call === 'POST /v1/interactions').map(({ body }) => body);
const form = <LogForm customer={{ id: 'cus_1', name: '云帆科技', contactName: '' }} />;

/** Somebody logs a contact without a network, and closes the app. Answers what was tried to send. */
async function writeOffline() {
  const view = await open(form, answers(lost), false);
  fireEvent.changeText(screen.getByTestId('field-summary'), '电话里说下周再谈');
  fireEvent.press(screen.getByTestId('action-save-log'));
  await waitFor(() => expect(count()).toBe(1));
  expect(screen.getByTestId('field-summary').props.value).toBe('');
  view.unmount();
  return logged(view.sent)[0] as { id: string };
}

const sendAgain = async (log: Answer | ((body: unknown) => Answer)) => {
  const view = await open(<WaitingSheet onClose={() => {}} />, answers(log));
  await waitFor(() => expect(count()).toBe(1));
  await act(async () => void fireEvent.press(screen.getByText('send')));
  await waitFor(() => expect(logged(view.sent)).toHaveLength(1));
  return logged(view.sent)[0];
};

it('keeps what no network took over a restart, and sends it under the same id, with the time at which it was written', async () => {
  const first = await writeOffline();
  const body = await sendAgain((sent) => ({ status: 201, body: { ...(sent as object), task_id: null } }));
  expect(body).toMatchObject({ ...first, summary: '电话里说下周再谈', occurred_at: expect.stringMatching(/^20/) });
  await waitFor(() => expect(count()).toBe(0));
  expect(await countUnsent('usr_1')).toBe(0);
});

it.each(['id_in_use', 'idempotency_key_reused'])('takes %s for sent: the first attempt had arrived', async (code) => {
  await writeOffline();
  await sendAgain({ status: code === 'id_in_use' ? 409 : 422, body: { status: 409, code } });
  await waitFor(() => expect(count()).toBe(0));
});

it('keeps what the server refuses, and says so', async () => {
  await writeOffline();
  await sendAgain({ status: 422, body: { status: 422, code: 'invalid', errors: [{ field: 'customer_id', code: 'unknown', message: 'no' }] } });
  expect(await screen.findByText('Not accepted')).toBeTruthy();
  expect(count()).toBe(1);
});

it('puts something back into its form, unless something else is written there', async () => {
  await writeOffline();
  await AsyncStorage.setItem('draft:com_1:usr_1:log:cus_1', '{"summary":"etwas"}');
  const view = await open(<WaitingSheet onClose={() => {}} />, answers(lost));
  await act(async () => void fireEvent.press(await screen.findByTestId('action-edit-waiting')));
  expect(await screen.findByText(/still writing/)).toBeTruthy();
  expect(count()).toBe(1);

  await AsyncStorage.removeItem('draft:com_1:usr_1:log:cus_1');
  await act(async () => void fireEvent.press(screen.getByTestId('action-edit-waiting')));
  await waitFor(() => expect(count()).toBe(0));
  view.unmount();
  await open(form, answers(lost));
  await waitFor(() => expect(screen.getByTestId('field-summary').props.value).toBe('电话里说下周再谈'));
});

it('belongs to its author alone, and goes with them', async () => {
  await writeOffline();
  const other = await open(<></>, answers(lost, 'usr_2'));
  expect(count()).toBe(0);
  other.unmount();
  await wipeUnsent('usr_2');
  expect(await countUnsent('usr_1')).toBe(1);
  await wipeUnsent('usr_1');
  expect(await countUnsent('usr_1')).toBe(0);
});
