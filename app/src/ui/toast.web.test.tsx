import { act, fireEvent, screen } from '@testing-library/react';

import { renderPart } from '@/testing/renderPart';

import { Button } from './Button';
import { useToast } from './toast';

const undo = jest.fn();

function Teller() {
  const toast = useToast();
  return (
    <>
      <Button label="Good" testID="good" onPress={() => toast.show({ text: 'Saved', action: { label: 'Undo', onPress: undo } })} />
      <Button label="Bad" testID="bad" onPress={() => toast.show({ text: 'Not saved', tone: 'danger' })} />
    </>
  );
}

beforeEach(async () => {
  jest.useFakeTimers();
  await renderPart(<Teller />);
});
afterEach(() => jest.useRealTimers());

const wait = (ms: number) => act(() => jest.advanceTimersByTime(ms));
const tell = (id: string) => fireEvent.click(screen.getByTestId(id));

test('is told politely, in a region that was there before', () => {
  const region = screen.getByRole('region', { name: 'Messages' });
  expect(region.getAttribute('aria-live')).toBe('polite');
  tell('good');
  expect(region.contains(screen.getByText('Saved'))).toBe(true);
});

test('goes after five seconds', () => {
  tell('good');
  wait(4_900);
  expect(screen.queryByText('Saved')).not.toBeNull();
  wait(200);
  expect(screen.queryByText('Saved')).toBeNull();
});

test('an error is an alert and stays until it is closed', () => {
  tell('bad');
  wait(60_000);
  expect(screen.getByRole('alert').textContent).toBe('Not saved');
  fireEvent.click(screen.getByLabelText('Close message'));
  expect(screen.queryByText('Not saved')).toBeNull();
});

test('its action runs once and closes it', () => {
  tell('good');
  fireEvent.click(screen.getByLabelText('Undo'));
  expect(undo).toHaveBeenCalledTimes(1);
  expect(screen.queryByText('Saved')).toBeNull();
});

test('of many the last three are shown', () => {
  tell('good');
  tell('bad');
  tell('bad');
  tell('bad');
  expect(screen.getAllByTestId('toast').map((toast) => toast.textContent)).toEqual(['Not saved', 'Not saved', 'Not saved']);
});
