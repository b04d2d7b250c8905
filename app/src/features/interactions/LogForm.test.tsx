import { act, configure, fireEvent, screen, waitFor } from '@testing-library/react-native';

import { meOf, renderApp, type Answers } from '@/testing/renderApp';

import { LogForm } from './LogForm';

jest.mock('expo-router', () => ({ router: {}, Link: ({ children }: { children: React.ReactNode }) => children }));

const answers: Answers = {
  'GET /v1/me': { body: meOf() },
  'GET /v1/members': { body: { data: [] } },
  'POST /v1/interactions': (body) => ({ status: 201, body: { ...(body as object), id: 'int_1', task_id: null } }),
};
const form = <LogForm customer={{ id: 'cus_1', name: '云帆科技', contactName: '王志强' }} prefill={{ kind: 'call', minutes: 4 }} />;
const logged = (sent: { call: string; body: unknown }[]) => sent.filter(({ call }) => call === 'POST /v1/interactions').map(({ body }) => body);

/** Opens the form of somebody whose session is known. */
async function open(served: Answers, keep = false) {
  const view = await renderApp(form, served, { keep });
  await waitFor(() => expect(view.sent.map(({ call }) => call)).toContain('GET /v1/me'));
  await act(async () => {});
  return view;
}

// The first rendering compiles the client, which a busy machine does slowly.
jest.setTimeout(30_000);
configure({ asyncUtilTimeout: 10_000 });

describe('log form', () => {
  it('logs a call with the main contact by summary alone', async () => {
    const { sent } = await open(answers);
    fireEvent.changeText(await screen.findByTestId('field-summary'), '价格已谈妥');
    fireEvent.press(screen.getByTestId('action-save-log'));
    await waitFor(() =>
      expect(logged(sent)).toEqual([
        { id: expect.stringMatching(/^int_/), customer_id: 'cus_1', kind: 'call', direction: 'out', summary: '价格已谈妥', resolved: true, minutes: 4, contacts: ['王志强'] },
      ]),
    );
  });

  it('sends nothing without a summary', async () => {
    const { sent } = await open(answers);
    fireEvent.press(await screen.findByTestId('action-save-log'));
    expect((await screen.findAllByRole('alert')).length).toBeGreaterThan(0);
    expect(logged(sent)).toEqual([]);
  });

  it('makes a task of a next step with a time', async () => {
    const { sent } = await open(answers);
    fireEvent.changeText(await screen.findByTestId('field-summary'), 'x');
    fireEvent.changeText(screen.getByTestId('field-next_step'), '发报价');
    fireEvent.press(screen.getByTestId('field-due-tomorrow'));
    fireEvent.press(screen.getByTestId('action-save-log'));
    await waitFor(() => expect(logged(sent)[0]).toMatchObject({ next_step: '发报价', next_step_due_at: expect.stringMatching(/T01:00:00/) }));
  });

  it('keeps what was written when the session or the network is lost', async () => {
    const first = await open({
      ...answers,
      'POST /v1/interactions': { status: 503, body: { status: 503, code: 'unavailable' } },
    });
    fireEvent.changeText(await screen.findByTestId('field-summary'), '价格已谈妥');
    fireEvent.press(screen.getByTestId('action-save-log'));
    await waitFor(() => expect(logged(first.sent)).toHaveLength(1));
    first.unmount();
    await open(answers, true);
    await waitFor(() => expect(screen.getByTestId('field-summary').props.value).toBe('价格已谈妥'));
  });
});
