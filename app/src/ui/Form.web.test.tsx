import { fireEvent, screen } from '@testing-library/react';

import { focus, press, renderPart } from '@/testing/renderPart';

import { Form } from './Form';
import { TextField } from './TextField';

const field = <TextField label="Name" value="云" onChange={() => {}} />;
const focusName = () => focus(screen.getByLabelText('Name'));

test('sums the errors up in an alert, with their number when there are several', async () => {
  const { update } = await renderPart(<Form onSubmit={() => {}}>{field}</Form>);
  expect(screen.queryByRole('alert')).toBeNull();

  update(<Form onSubmit={() => {}} errors={['Name is missing']}>{field}</Form>);
  expect(screen.getByRole('alert').textContent).toBe('Name is missing');

  update(<Form onSubmit={() => {}} errors={['Name is missing', 'Phone is wrong']}>{field}</Form>);
  expect(screen.getByRole('alert').textContent).toBe('2 things to mendName is missingPhone is wrong');
});

test('Enter in a field submits', async () => {
  const submit = jest.fn();
  await renderPart(<Form onSubmit={submit}>{field}</Form>);
  focusName();
  press('Enter');
  expect(submit).toHaveBeenCalledTimes(1);
});

test('Enter in a field with more lines makes a line; Ctrl and Enter submits', async () => {
  const submit = jest.fn();
  await renderPart(
    <Form onSubmit={submit}>
      <TextField label="Name" value="" onChange={() => {}} multiline />
    </Form>,
  );
  focusName();
  expect(press('Enter')).toBe(true);
  expect(submit).not.toHaveBeenCalled();
  press('Enter', { ctrlKey: true });
  expect(submit).toHaveBeenCalledTimes(1);
});

test('while it is being sent nothing is sent again', async () => {
  const submit = jest.fn();
  await renderPart(<Form onSubmit={submit} busy>{field}</Form>);
  focusName();
  press('Enter');
  press('Enter', { ctrlKey: true });
  expect(submit).not.toHaveBeenCalled();
});

test('an Enter that takes a candidate of an input method submits nothing', async () => {
  const submit = jest.fn();
  await renderPart(<Form onSubmit={submit}>{field}</Form>);
  focusName();
  fireEvent.compositionStart(screen.getByLabelText('Name'));
  press('Enter', { isComposing: true });
  press('Enter', { isComposing: true, ctrlKey: true });
  // Safari ends the composition before it tells of the key.
  fireEvent.compositionEnd(screen.getByLabelText('Name'));
  press('Enter', { keyCode: 229 });
  press('Enter', { keyCode: 229, ctrlKey: true });
  expect(submit).not.toHaveBeenCalled();
});
