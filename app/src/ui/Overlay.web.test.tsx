import { fireEvent, screen } from '@testing-library/react';
import { useState } from 'react';

import { focus, press, renderPart } from '@/testing/renderPart';

import { Button } from './Button';
import { Dialog } from './Dialog';
import { Sheet } from './Sheet';
import { TextField } from './TextField';

function WithSheet() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button label="Open" testID="opener" onPress={() => setOpen(true)} />
      <Sheet open={open} onClose={() => setOpen(false)} title="New customer" footer={<Button label="Save" testID="save" />}>
        <TextField label="Name" value="" onChange={() => {}} />
      </Sheet>
    </>
  );
}

function WithDialog({ onDelete }: { onDelete: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button label="Open" testID="opener" onPress={() => setOpen(true)} />
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Delete?"
        actions={[
          { label: 'Cancel', onPress: () => setOpen(false), testID: 'cancel' },
          { label: 'Delete', onPress: onDelete, kind: 'danger', testID: 'delete' },
        ]}
      />
    </>
  );
}

const at = (id: string) => screen.getByTestId(id);

function open() {
  focus(at('opener'));
  fireEvent.click(at('opener'));
}

describe('a sheet', () => {
  test('is a named dialog that takes the focus', async () => {
    await renderPart(<WithSheet />);
    open();
    const dialog = screen.getByRole('dialog', { name: 'New customer' });
    expect(dialog.getAttribute('aria-modal')).toBe('true');
    expect(dialog.contains(document.activeElement)).toBe(true);
  });

  test('keeps Tab inside, at both ends', async () => {
    await renderPart(<WithSheet />);
    open();
    focus(at('save'));
    expect(press('Tab')).toBe(false);
    expect(document.activeElement).toBe(at('action-close'));
    expect(press('Tab', { shiftKey: true })).toBe(false);
    expect(document.activeElement).toBe(at('save'));
    expect(press('Tab', { shiftKey: true })).toBe(true); // not at an end: the browser's own way
  });

  test('keeps Tab inside when a field is the last', async () => {
    await renderPart(
      <Sheet open onClose={() => {}} title="New customer">
        <TextField label="Name" value="" onChange={() => {}} />
      </Sheet>,
    );
    focus(screen.getByLabelText('Name'));
    expect(press('Tab')).toBe(false);
    expect(document.activeElement).toBe(at('action-close'));
  });

  test('Esc closes it, from a field as well, and the focus is where it was', async () => {
    await renderPart(<WithSheet />);
    open();
    focus(screen.getByLabelText('Name'));
    press('Escape');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(document.activeElement).toBe(at('opener'));
  });

  test('an Esc that ends a composition closes nothing', async () => {
    await renderPart(<WithSheet />);
    open();
    focus(screen.getByLabelText('Name'));
    press('Escape', { isComposing: true });
    press('Escape', { keyCode: 229 });
    expect(screen.getByRole('dialog')).toBeTruthy();
  });

  test('a press beside it closes it', async () => {
    await renderPart(<WithSheet />);
    open();
    fireEvent.mouseDown(at('scrim'));
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});

describe('a dialog', () => {
  test('asks with the harmless answer in focus', async () => {
    const onDelete = jest.fn();
    await renderPart(<WithDialog onDelete={onDelete} />);
    open();
    expect(screen.getByRole('alertdialog', { name: 'Delete?' })).toBeTruthy();
    expect(document.activeElement).toBe(at('cancel'));
    fireEvent.click(at('delete'));
    expect(onDelete).toHaveBeenCalledTimes(1);
  });

  test('Esc answers nothing and gives the focus back', async () => {
    const onDelete = jest.fn();
    await renderPart(<WithDialog onDelete={onDelete} />);
    open();
    press('Escape');
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect(onDelete).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(at('opener'));
  });
});
