import { fireEvent, screen } from '@testing-library/react';
import { useState } from 'react';

import { focus, press, renderPart } from '@/testing/renderPart';

import { MultiSelectField } from './MultiSelectField';
import { SelectField } from './SelectField';

const options = ['Beijing', 'Shanghai', 'Shenzhen'].map((label) => ({ value: label.toLowerCase(), label }));

const box = () => screen.getByTestId('city');
/** The option that the keys point at, as a screen reader hears it. */
const pointed = () => document.getElementById(document.activeElement?.getAttribute('aria-activedescendant') ?? '')?.textContent;

function open(key = 'ArrowDown') {
  focus(box());
  press(key);
}

describe('a select', () => {
  function One({ searchable, onChange }: { searchable?: boolean; onChange?: (city: string) => void }) {
    const [city, setCity] = useState<string | null>('shanghai');
    const take = (next: string) => {
      setCity(next);
      onChange?.(next);
    };
    return <SelectField label="City" value={city} onChange={take} options={options} searchable={searchable} testID="city" />;
  }

  test.each(['ArrowDown', 'Enter', ' '])('opens by %p with what it holds pointed at', async (key) => {
    await renderPart(<One />);
    expect(box().getAttribute('aria-label')).toBe('City: Shanghai');
    open(key);
    expect(box().getAttribute('aria-expanded')).toBe('true');
    expect(screen.getByRole('listbox').getAttribute('aria-label')).toBe('City');
    expect(pointed()).toBe('Shanghai');
  });

  test('arrow keys point, Enter takes, closes and gives the focus back', async () => {
    const onChange = jest.fn();
    await renderPart(<One onChange={onChange} />);
    open();
    press('ArrowDown');
    expect(pointed()).toBe('Shenzhen');
    press('ArrowDown');
    expect(pointed()).toBe('Beijing');
    expect(onChange).not.toHaveBeenCalled();
    press('Enter');
    expect(onChange.mock.calls).toEqual([['beijing']]);
    expect(screen.queryByRole('listbox')).toBeNull();
    expect(document.activeElement).toBe(box());
  });

  test('Esc takes nothing', async () => {
    const onChange = jest.fn();
    await renderPart(<One onChange={onChange} />);
    open();
    press('ArrowDown');
    press('Escape');
    expect(screen.queryByRole('listbox')).toBeNull();
    expect(onChange).not.toHaveBeenCalled();
  });

  test('the keys work from its search field, but not while composing', async () => {
    const onChange = jest.fn();
    await renderPart(<One searchable onChange={onChange} />);
    open();
    fireEvent.change(screen.getByLabelText('Search City'), { target: { value: 'sh' } });
    expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual(['Shanghai', 'Shenzhen']);
    press('ArrowDown');
    expect(pointed()).toBe('Shenzhen');
    press('Enter', { isComposing: true });
    press('Enter', { keyCode: 229 });
    expect(onChange).not.toHaveBeenCalled();
    press('Enter');
    expect(onChange.mock.calls).toEqual([['shenzhen']]);
  });

  test('Esc in its search field closes it', async () => {
    await renderPart(<One searchable />);
    open();
    press('Escape');
    expect(screen.queryByRole('listbox')).toBeNull();
  });
});

describe('a select of several', () => {
  function Several({ allowNew }: { allowNew?: (text: string) => void }) {
    const [cities, setCities] = useState<string[]>([]);
    return <MultiSelectField label="Cities" value={cities} onChange={setCities} options={options} allowNew={allowNew} testID="city" />;
  }

  test('Enter takes and takes away, and the list stays open', async () => {
    await renderPart(<Several />);
    open();
    expect(screen.getByRole('listbox').getAttribute('aria-multiselectable')).toBe('true');
    press('Enter');
    press('ArrowDown');
    press('Enter');
    expect(box().getAttribute('aria-label')).toBe('Cities: Beijing, Shanghai');
    expect(screen.getByTestId('option-shanghai').getAttribute('aria-selected')).toBe('true');
    press('Enter');
    expect(box().getAttribute('aria-label')).toBe('Cities: Beijing');
  });

  test('Enter on a new word adds it', async () => {
    const allowNew = jest.fn();
    await renderPart(<Several allowNew={allowNew} />);
    open();
    fireEvent.change(screen.getByLabelText('Search Cities'), { target: { value: 'Xi’an' } });
    press('Enter');
    expect(allowNew.mock.calls).toEqual([['Xi’an']]);
  });
});
