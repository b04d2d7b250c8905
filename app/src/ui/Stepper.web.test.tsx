import { fireEvent, screen } from '@testing-library/react';

import { renderPart } from '@/testing/renderPart';

import { Stepper } from './Stepper';

async function renderSteps() {
  const onPress = jest.fn();
  await renderPart(
    <Stepper
      label="Stage"
      onPress={onPress}
      steps={[
        { key: 'potential', label: 'Potential', state: 'current', enabled: false },
        { key: 'interested', label: 'Interested', state: 'todo', enabled: true },
        { key: 'won', label: 'Won', state: 'todo', enabled: false, reason: 'Needs an amount first' },
      ]}
    />,
  );
  return onPress;
}

const step = (key: string) => screen.getByTestId(`step-${key}`);

test('only an enabled step is taken', async () => {
  const onPress = await renderSteps();
  fireEvent.click(step('potential'));
  fireEvent.click(step('won'));
  expect(onPress).not.toHaveBeenCalled();
  fireEvent.click(step('interested'));
  expect(onPress.mock.calls).toEqual([['interested']]);
});

test('tells where it stands', async () => {
  await renderSteps();
  expect(step('potential').getAttribute('aria-current')).toBe('step');
  expect(step('potential').getAttribute('aria-label')).toBe('Potential: current');
  expect(step('interested').hasAttribute('aria-current')).toBe(false);
});

test('a step that is off stays reachable, describes why, and says it when pressed', async () => {
  await renderSteps();
  const won = step('won');
  expect(won.getAttribute('aria-disabled')).toBe('true');
  expect(won.tabIndex).toBe(0);
  expect(document.getElementById(won.getAttribute('aria-describedby') ?? '')?.textContent).toBe('Needs an amount first');
  expect(step('interested').hasAttribute('aria-disabled')).toBe(false);

  const said = () => screen.queryAllByRole('status').map((status) => status.textContent);
  expect(said()).not.toContain('Needs an amount first');
  fireEvent.click(won);
  expect(said()).toContain('Needs an amount first');
});
