import { fireEvent, screen } from '@testing-library/react';

import { focus, press, renderPart } from '@/testing/renderPart';

import { Tabs } from './Tabs';

const tabs = (onChange = jest.fn()) => (
  <Tabs
    label="Views"
    value="open"
    onChange={onChange}
    tabs={[
      { key: 'all', label: 'All' },
      { key: 'open', label: 'Open', count: 3 },
      { key: 'done', label: 'Done' },
    ]}
  />
);

const focused = () => document.activeElement?.getAttribute('data-testid');

test('is a named list of tabs, of which one is selected and in the tab order', async () => {
  await renderPart(tabs());
  expect(screen.getByRole('tablist').getAttribute('aria-label')).toBe('Views');
  const told = screen.getAllByRole('tab').map((tab) => [tab.getAttribute('aria-label'), tab.getAttribute('aria-selected'), tab.tabIndex]);
  expect(told).toEqual([
    ['All', 'false', -1],
    ['Open, 3', 'true', 0],
    ['Done', 'false', -1],
  ]);
});

test('the arrow keys, Home and End move among the tabs, round the ends, and open none', async () => {
  const onChange = jest.fn();
  await renderPart(tabs(onChange));
  focus(screen.getByTestId('tab-open'));
  press('ArrowRight');
  expect(focused()).toBe('tab-done');
  press('ArrowRight');
  expect(focused()).toBe('tab-all');
  press('ArrowLeft');
  expect(focused()).toBe('tab-done');
  press('Home');
  expect(focused()).toBe('tab-all');
  press('End');
  expect(focused()).toBe('tab-done');
  expect(onChange).not.toHaveBeenCalled();
});

test('a press opens a tab', async () => {
  const onChange = jest.fn();
  await renderPart(tabs(onChange));
  fireEvent.click(screen.getByTestId('tab-done'));
  expect(onChange).toHaveBeenCalledWith('done');
});
