import { fireEvent, screen } from '@testing-library/react';

import { focus, press, renderPart } from '@/testing/renderPart';

import { IconButton } from './IconButton';
import { Menu } from './Menu';

const rename = jest.fn();
const remove = jest.fn();

beforeEach(async () => {
  jest.clearAllMocks();
  await renderPart(
    <Menu
      label="More"
      trigger={(trigger) => <IconButton {...trigger} icon="dots-horizontal" label="More" testID="opener" />}
      items={[
        { key: 'rename', label: 'Rename', onPress: rename },
        { key: 'copy', label: 'Copy', onPress: () => {} },
        { key: 'remove', label: 'Delete', onPress: remove, disabled: true, reason: 'Only its owner may' },
      ]}
    />,
  );
});

const opener = () => screen.getByTestId('opener');
const focused = () => document.activeElement?.getAttribute('data-testid');

function open() {
  focus(opener());
  fireEvent.click(opener());
}

test('opens with the focus on its first item and says that it is open', () => {
  expect(opener().getAttribute('aria-haspopup')).toBe('menu');
  expect(opener().getAttribute('aria-expanded')).toBe('false');
  open();
  expect(opener().getAttribute('aria-expanded')).toBe('true');
  expect(screen.getByRole('menu').getAttribute('aria-label')).toBe('More');
  expect(focused()).toBe('action-rename');
});

test('the arrow keys move the focus, round the ends', () => {
  open();
  press('ArrowDown');
  expect(focused()).toBe('action-copy');
  press('ArrowUp');
  press('ArrowUp');
  expect(focused()).toBe('action-remove');
  press('ArrowDown');
  expect(focused()).toBe('action-rename');
});

test('Esc closes it and gives the focus back', () => {
  open();
  press('Escape');
  expect(screen.queryByRole('menu')).toBeNull();
  expect(document.activeElement).toBe(opener());
});

test('Tab leaves it, back to what opened it', () => {
  open();
  press('End');
  expect(press('Tab')).toBe(false);
  expect(screen.queryByRole('menu')).toBeNull();
  expect(document.activeElement).toBe(opener());
});

test('a choice closes it and is done once', () => {
  open();
  fireEvent.click(screen.getByTestId('action-rename'));
  expect(rename).toHaveBeenCalledTimes(1);
  expect(screen.queryByRole('menu')).toBeNull();
});

test('a disabled item is reachable, tells why and does nothing', () => {
  open();
  press('End');
  const item = screen.getByTestId('action-remove');
  expect(document.activeElement).toBe(item);
  expect(item.getAttribute('aria-disabled')).toBe('true');
  expect(item.textContent).toBe('DeleteOnly its owner may');
  fireEvent.click(item);
  expect(remove).not.toHaveBeenCalled();
  expect(screen.queryByRole('menu')).not.toBeNull();
});
