import { act, fireEvent, screen, waitFor } from '@testing-library/react-native';

import { meOf, renderApp, type Answers } from '@/testing/renderApp';

import { SignInScreen } from './SignInScreen';

const params: { next?: string } = {};
jest.mock('expo-router', () => {
  const { Text } = jest.requireActual('react-native');
  return {
    useLocalSearchParams: () => params,
    Redirect: ({ href }: { href: string }) => <Text>{`to ${href}`}</Text>,
    Link: ({ children }: { children: unknown }) => children,
  };
});

const signedOut = { 'GET /v1/me': { status: 401, body: { status: 401, code: 'unauthenticated' } } };

async function signIn(answers: Answers) {
  const view = await renderApp(<SignInScreen />, { ...signedOut, ...answers });
  await screen.findByTestId('field-identifier');
  fireEvent.changeText(screen.getByTestId('field-identifier'), ' chen@acme.example ');
  fireEvent.changeText(screen.getByTestId('field-password'), 'a long phrase');
  await act(async () => fireEvent.press(screen.getByTestId('action-sign-in')));
  return view;
}

afterEach(() => {
  delete params.next;
});

it('asks for what is missing before it asks the server', async () => {
  const { sent } = await renderApp(<SignInScreen />, signedOut);
  await screen.findByTestId('action-sign-in');
  await act(async () => fireEvent.press(screen.getByTestId('action-sign-in')));
  expect(screen.getByText('Give an e-mail or a phone number')).toBeTruthy();
  expect(screen.getByText('Required')).toBeTruthy();
  expect(sent.map(({ call }) => call)).not.toContain('POST /v1/auth/login');
});

it('lets in and goes back to where one was', async () => {
  params.next = '/customers/cus_1';
  let signedIn = false;
  const { sent } = await signIn({
    'POST /v1/auth/login': () => {
      signedIn = true;
      return { body: { access_token: 'a', refresh_token: 'r', expires_in: 900 } };
    },
    'GET /v1/me': () => (signedIn ? { body: meOf() } : { status: 401, body: { status: 401, code: 'unauthenticated' } }),
  });
  await screen.findByText('to /customers/cus_1');
  expect(sent.find(({ call }) => call === 'POST /v1/auth/login')?.body).toMatchObject({ identifier: 'chen@acme.example', password: 'a long phrase' });
});

it('says at the password that the credentials are wrong, until they are mended', async () => {
  await signIn({ 'POST /v1/auth/login': { status: 401, body: { status: 401, code: 'invalid_credentials' } } });
  expect(await screen.findByText('Account or password is wrong')).toBeTruthy();
  fireEvent.changeText(screen.getByTestId('field-password'), 'another');
  expect(screen.queryByText('Account or password is wrong')).toBeNull();
});

it('holds further attempts back for as long as the server says', async () => {
  const { sent } = await signIn({
    'POST /v1/auth/login': { status: 429, body: { status: 429, code: 'too_many_attempts' }, headers: { 'Retry-After': '840' } },
  });
  expect((await screen.findAllByText('Too many attempts. Try again in 14 minutes')).length).toBeGreaterThan(0);
  const before = sent.length;
  await act(async () => fireEvent.press(screen.getByTestId('action-sign-in')));
  await waitFor(() => expect(sent.length).toBe(before));
});

it('says why a company does not let somebody in', async () => {
  await signIn({ 'POST /v1/auth/login': { status: 401, body: { status: 401, code: 'member_deactivated' } } });
  expect(await screen.findByText('Your account in this company was deactivated. Ask an admin of the company')).toBeTruthy();
});
