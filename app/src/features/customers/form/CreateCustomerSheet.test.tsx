import { act, configure, fireEvent, screen, waitFor } from '@testing-library/react-native';

import { countUnsent } from '@/outbox/unsent';
import { meOf, renderApp, type Answers } from '@/testing/renderApp';

import { CreateCustomerSheet } from './CreateCustomerSheet';

jest.mock('expo-router', () => ({ router: { push: jest.fn() }, Link: ({ children }: { children: React.ReactNode }) => children }));

const answers: Answers = {
  'GET /v1/me': { body: meOf() },
  'GET /v1/members': { body: { data: [] } },
  'GET /v1/tags': { body: { data: [] } },
  'GET /v1/customers': { body: { data: [], next_cursor: null } },
};
const form = (onClose = () => {}) => <CreateCustomerSheet onClose={onClose} hrefOf={(id) => `/customers/${id}`} />;

/** Opens the form of somebody whose session is known. */
async function open(served: Answers, { keep = false, onClose = () => {} } = {}) {
  const view = await renderApp(form(onClose), served, { keep });
  await waitFor(() => expect(view.sent.map(({ call }) => call)).toContain('GET /v1/me'));
  await act(async () => {});
  return view;
}

// The first rendering compiles the client, which a busy machine does slowly.
jest.setTimeout(30_000);
configure({ asyncUtilTimeout: 10_000 });

describe('new customer', () => {
  it('keeps what was typed when the form is closed, and over a reload', async () => {
    const first = await open(answers);
    fireEvent.changeText(await screen.findByTestId('field-name'), '云帆科技');
    fireEvent.changeText(screen.getByTestId('field-phone'), '138 0013 8000');
    first.unmount();

    await open(answers, { keep: true });
    await waitFor(() => expect(screen.getByTestId('field-name').props.value).toBe('云帆科技'));
    expect(screen.getByTestId('field-phone').props.value).toBe('138 0013 8000');
  });

  it('checks a field when it is left, and sends nothing wrong', async () => {
    const { sent } = await open(answers);
    fireEvent.changeText(await screen.findByTestId('field-phone'), '1380013');
    fireEvent(screen.getByTestId('field-phone'), 'blur');
    expect(await screen.findByText(/4/)).toBeTruthy();
    fireEvent.press(screen.getByTestId('action-create'));
    expect((await screen.findAllByText('Enter a name')).length).toBeGreaterThan(0);
    expect(sent.filter(({ call }) => call === 'POST /v1/customers')).toEqual([]);
  });

  it('puts what the server refuses on its field, and forgets the draft only when it is saved', async () => {
    let refused = true;
    const onClose = jest.fn();
    const { sent } = await open({
      ...answers,
      'POST /v1/customers': () =>
        refused
          ? { status: 422, body: { status: 422, code: 'invalid', errors: [{ field: 'email', code: 'invalid', message: 'no' }] } }
          : { status: 201, body: { id: 'cus_1', name: '云帆' }, headers: { ETag: '"1"' } },
    }, { onClose });
    fireEvent.changeText(await screen.findByTestId('field-name'), '云帆');
    fireEvent.changeText(screen.getByTestId('field-email'), 'a@b.example');
    fireEvent.press(screen.getByTestId('action-create'));
    await waitFor(() => expect(screen.getAllByText(/name@company\.com/).length).toBeGreaterThan(0));
    expect(onClose).not.toHaveBeenCalled();

    refused = false;
    fireEvent.press(screen.getByTestId('action-create'));
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(sent.filter(({ call }) => call === 'POST /v1/customers').at(-1)?.body).toEqual({
      id: expect.stringMatching(/^cus_/),
      name: '云帆',
      email: 'a@b.example',
      lifecycle: 'potential',
    });
  });

  it('without a network what was typed is kept to be sent, and the form closes', async () => {
    const onClose = jest.fn();
    await open({
      ...answers,
      'POST /v1/customers': () => {
        throw new TypeError('Network request failed');
      },
    }, { onClose });
    fireEvent.changeText(await screen.findByTestId('field-name'), '云帆');
    fireEvent.press(screen.getByTestId('action-create'));
    expect(await screen.findByText(/kept on this device/)).toBeTruthy();
    expect(onClose).toHaveBeenCalled();
    expect(await countUnsent('usr_1')).toBe(1);
    expect(screen.getByTestId('field-name').props.value).toBe('');
  });
});
