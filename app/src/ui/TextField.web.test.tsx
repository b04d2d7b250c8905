import { fireEvent, screen } from '@testing-library/react';

import { focus, press, renderPart } from '@/testing/renderPart';

import { Form } from './Form';
import { TextField } from './TextField';

const input = () => screen.getByLabelText<HTMLInputElement>('Phone');

test('its own onSubmit goes before the form’s, and never while composing', async () => {
  const own = jest.fn();
  const forms = jest.fn();
  await renderPart(
    <Form onSubmit={forms}>
      <TextField label="Phone" value="" onChange={() => {}} onSubmit={own} />
    </Form>,
  );
  focus(input());
  press('Enter', { isComposing: true });
  press('Enter', { keyCode: 229 });
  expect(own).not.toHaveBeenCalled();
  press('Enter');
  expect(own).toHaveBeenCalledTimes(1);
  expect(forms).not.toHaveBeenCalled();
});

test('the error is the description of the field, in the hint’s place', async () => {
  const field = (error?: string) => <TextField label="Phone" value="" onChange={() => {}} hint="With country code" error={error} />;
  const description = () => document.getElementById(input().getAttribute('aria-describedby') ?? '')?.textContent;
  const { update } = await renderPart(field());
  expect(description()).toBe('With country code');
  expect(input().hasAttribute('aria-invalid')).toBe(false);

  update(field('Too short'));
  expect(description()).toBe('Too short');
  expect(input().getAttribute('aria-invalid')).toBe('true');
  expect(screen.queryByText('With country code')).toBeNull();
});

test('what is typed is handed on', async () => {
  const change = jest.fn();
  await renderPart(<TextField label="Phone" value="" onChange={change} />);
  fireEvent.change(input(), { target: { value: '138' } });
  expect(change).toHaveBeenCalledWith('138');
});

test('a secret is shown only when asked for', async () => {
  await renderPart(<TextField label="Phone" value="" onChange={() => {}} secure />);
  expect(input().type).toBe('password');
  fireEvent.click(screen.getByLabelText('Show'));
  expect(input().type).toBe('text');
});
