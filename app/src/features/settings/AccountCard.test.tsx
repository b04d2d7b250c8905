import { act, fireEvent, screen } from '@testing-library/react-native';

import { meOf, renderApp } from '@/testing/renderApp';

import { AccountCard } from './AccountCard';
import { PasswordCard } from './PasswordCard';

jest.mock('expo-router', () => ({ Link: ({ children }: { children: unknown }) => children, router: {} }));

const press = (testID: string) => act(async () => fireEvent.press(screen.getByTestId(testID)));
const members = { 'GET /v1/members': { body: { data: [] } } };

it('sends the name alone, and only when it was changed', async () => {
  let name = '陈晨';
  const { sent } = await renderApp(<AccountCard />, {
    ...members,
    'GET /v1/me': () => ({ body: { ...meOf(), user: { ...meOf().user, name } } }),
    'PATCH /v1/me': (body) => {
      name = (body as { name: string }).name;
      return { body: meOf() };
    },
  });
  await screen.findByTestId('field-name');
  expect(screen.queryByTestId('action-save-name')).toBeNull();
  fireEvent.changeText(screen.getByTestId('field-name'), ' 陈晨曦 ');
  await press('action-save-name');
  await screen.findByText('Saved');
  expect(sent.filter(({ call }) => call === 'PATCH /v1/me')).toEqual([{ call: 'PATCH /v1/me', body: { name: '陈晨曦' } }]);
  expect(screen.queryByTestId('action-save-name')).toBeNull();
});

it('keeps an empty name back', async () => {
  const { sent } = await renderApp(<AccountCard />, { ...members, 'GET /v1/me': { body: meOf() } });
  fireEvent.changeText(await screen.findByTestId('field-name'), ' ');
  await press('action-save-name');
  expect(screen.getByText('Required')).toBeTruthy();
  expect(sent.some(({ call }) => call === 'PATCH /v1/me')).toBe(false);
});

it('says at the phone that another account has it, and at the password that it is wrong', async () => {
  let refusal: { status: number; body: object } = { status: 409, body: { status: 409, code: 'phone_taken' } };
  const { sent } = await renderApp(<AccountCard />, { ...members, 'GET /v1/me': { body: meOf() }, 'POST /v1/me/phone': () => refusal });
  await screen.findByTestId('action-change-phone');
  await press('action-change-phone');
  fireEvent.changeText(screen.getByTestId('field-phone'), '13800138000');
  fireEvent.changeText(screen.getByTestId('field-current-password'), 'a long phrase');
  await press('action-save-phone');
  expect(await screen.findByText('Another account has this number')).toBeTruthy();
  expect(sent.at(-1)).toEqual({ call: 'POST /v1/me/phone', body: { phone: '13800138000', current_password: 'a long phrase' } });

  refusal = { status: 422, body: { status: 422, code: 'invalid', errors: [{ field: 'current_password', code: 'wrong', message: 'is wrong' }] } };
  await press('action-save-phone');
  expect(await screen.findByText('The current password is wrong')).toBeTruthy();
});

it('tells how many other sign-ins ended with the old password', async () => {
  await renderApp(<PasswordCard />, { 'GET /v1/me': { body: meOf() }, 'POST /v1/me/password': { body: { ended: 2 } }, 'GET /v1/sessions': { body: { data: [] } } });
  fireEvent.changeText(await screen.findByTestId('field-current-password'), 'a long phrase');
  fireEvent.changeText(screen.getByTestId('field-password'), 'short');
  await press('action-change-password');
  expect(screen.getByText('At least 8 characters')).toBeTruthy();
  fireEvent.changeText(screen.getByTestId('field-password'), 'another long phrase');
  await press('action-change-password');
  expect(await screen.findByText('Password changed; 2 other sign-ins ended')).toBeTruthy();
  expect(screen.getByTestId('field-password').props.value).toBe('');
});
