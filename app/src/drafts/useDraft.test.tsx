import { act, fireEvent, screen, waitFor } from '@testing-library/react-native';
import { Text, TextInput } from 'react-native';

import { meOf, renderApp } from '@/testing/renderApp';

import { useDraft } from './useDraft';

jest.mock('expo-router', () => ({ Link: ({ children }: { children: unknown }) => children }));

function Form() {
  const draft = useDraft('note', { text: '', kind: 'call' });
  return (
    <>
      <TextInput testID="text" value={draft.value.text} onChangeText={(text) => draft.change({ text })} />
      <Text>{draft.restored ? 'restored' : 'fresh'}</Text>
      <Text onPress={draft.clear}>clear</Text>
    </>
  );
}

const as = (id: string) => ({ 'GET /v1/me': { body: { ...meOf(), user: { ...meOf().user, id } } } });
const text = () => screen.getByTestId('text').props.value as string;

async function open(id: string, keep = true) {
  const view = await renderApp(<Form />, as(id), { keep });
  await waitFor(() => expect(view.sent.length).toBeGreaterThan(0));
  return view;
}

it('brings back what was written, to its author alone, until it is sent', async () => {
  await open('usr_1', false);
  fireEvent.changeText(await screen.findByTestId('text'), '价格已谈妥');
  await act(async () => {});
  screen.unmount();

  await open('usr_2');
  await act(async () => {});
  expect(text()).toBe('');
  screen.unmount();

  await open('usr_1');
  await screen.findByText('restored');
  expect(text()).toBe('价格已谈妥');
  await act(async () => fireEvent.press(screen.getByText('clear')));
  expect(text()).toBe('');
  screen.unmount();

  await open('usr_1');
  await act(async () => {});
  expect(text()).toBe('');
});
