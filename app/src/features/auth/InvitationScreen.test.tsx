import { act, fireEvent, screen } from '@testing-library/react-native';

import { meOf, renderApp, type Answers } from '@/testing/renderApp';

import { InvitationScreen } from './InvitationScreen';

const mockReplace = jest.fn();
jest.mock('expo-router', () => ({
  useLocalSearchParams: () => ({ token: 'tok' }),
  useRouter: () => ({ replace: (href: string) => mockReplace(href) }),
  Link: ({ children }: { children: unknown }) => children,
}));

const signedOut = { status: 401, body: { status: 401, code: 'unauthenticated' } };
const invitation = {
  company_name: '云帆科技',
  invited_by: '林晓',
  name: '赵敏',
  email: 'zhao@acme.example',
  phone: null,
  roles: ['rep'],
  expires_at: '2026-12-01T00:00:00Z',
};
const open = (answers: Answers = {}, found: object = invitation) =>
  renderApp(<InvitationScreen />, { 'GET /v1/me': signedOut, 'GET /v1/invitation-links/tok': { body: found }, ...answers });

it('says who invites where and as what', async () => {
  await open();
  expect(await screen.findByText('Join 云帆科技')).toBeTruthy();
  expect(screen.getByText('林晓 invites you')).toBeTruthy();
  expect(screen.getByText(/Role: Rep · The link works until/)).toBeTruthy();
});

it.each([
  [404, 'not_found', 'No such invitation'],
  [409, 'invitation_expired', 'The invitation has expired'],
  [409, 'invitation_revoked', 'The invitation was withdrawn'],
  [409, 'invitation_used', 'Already accepted'],
])('says why the way is closed: %s %s', async (status, code, title) => {
  await open({ 'GET /v1/invitation-links/tok': { status, body: { status, code } } });
  expect(await screen.findByText(title)).toBeTruthy();
});

it('makes a new person a member, and asks for the account when there is one', async () => {
  let refuse = true;
  const { sent } = await open({
    'POST /v1/invitations/accept': () =>
      refuse
        ? { status: 401, body: { status: 401, code: 'invalid_credentials' } }
        : { status: 201, body: { access_token: 'a', refresh_token: 'r', expires_in: 900 } },
    'GET /v1/me': () => (refuse ? signedOut : { body: meOf() }),
  });
  fireEvent.changeText(await screen.findByTestId('field-password'), 'a long phrase');
  await act(async () => fireEvent.press(screen.getByTestId('action-accept')));
  expect(sent.at(-1)?.body).toMatchObject({ token: 'tok', name: '赵敏', password: 'a long phrase' });
  expect(screen.queryByTestId('field-name')).toBeNull();
  expect(screen.getByText('Account or password is wrong')).toBeTruthy();

  refuse = false;
  await act(async () => fireEvent.press(screen.getByTestId('action-accept')));
  expect(sent.findLast(({ call }) => call === 'POST /v1/invitations/accept')?.body).not.toHaveProperty('name');
  expect(mockReplace).toHaveBeenCalledWith('/');
});

it('asks for an address when the invitation names none', async () => {
  const { sent } = await open({}, { ...invitation, email: null, name: '' });
  await screen.findByTestId('field-email');
  await act(async () => fireEvent.press(screen.getByTestId('action-accept')));
  expect(screen.getByText('Write it as name@company.com')).toBeTruthy();
  expect(sent.some(({ call }) => call === 'POST /v1/invitations/accept')).toBe(false);
});
