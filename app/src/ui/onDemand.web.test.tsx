import { act, fireEvent, screen } from '@testing-library/react';
import type { ComponentType } from 'react';

import { renderPart } from '@/testing/renderPart';

import { partOnDemand, screenOnDemand } from './onDemand';

type Greeting = ComponentType<{ name: string }>;
const Hello: Greeting = ({ name }) => <p>Hello {name}</p>;

test('waits in the place that it will take, loads once, and then draws at once', async () => {
  let arrive: (part: Greeting) => void = () => {};
  const load = jest.fn(() => new Promise<Greeting>((resolve) => (arrive = resolve)));
  const Part = partOnDemand(load, <p>waiting</p>);
  const first = await renderPart(<Part name="Chen" />);
  expect(screen.getByText('waiting')).toBeTruthy();
  await act(async () => arrive(Hello));
  expect(screen.getByText('Hello Chen')).toBeTruthy();
  first.unmount();

  await renderPart(<Part name="Li" />);
  expect(screen.getByText('Hello Li')).toBeTruthy();
  expect(load).toHaveBeenCalledTimes(1);
});

test('a part that does not come is told of, and is loaded when it is wanted again', async () => {
  const load = jest.fn<Promise<Greeting>, []>().mockRejectedValueOnce(new Error('no network')).mockResolvedValue(Hello);
  const Part = partOnDemand(load);
  const first = await renderPart(<Part name="Chen" />);
  expect(screen.getByText(/could not be loaded/)).toBeTruthy();
  first.unmount();

  await renderPart(<Part name="Chen" />);
  expect(screen.getByText('Hello Chen')).toBeTruthy();
});

test('a screen that does not come says so and can be tried again', async () => {
  const load = jest.fn<Promise<Greeting>, []>().mockRejectedValueOnce(new Error('no network')).mockResolvedValue(Hello);
  const Screen = screenOnDemand(load);
  await renderPart(<Screen name="Chen" />);
  expect(screen.getByRole('alert').textContent).toContain('This could not be loaded');
  await act(async () => void fireEvent.click(screen.getByTestId('action-retry')));
  expect(screen.getByText('Hello Chen')).toBeTruthy();
});
