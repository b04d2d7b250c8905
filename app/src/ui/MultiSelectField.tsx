import { useRef, useState } from 'react';
import { View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { Chip } from './Chip';
import { Field, useFieldIds, type FieldProps } from './Field';
import { OptionList, type Option } from './OptionList';
import { Popover } from './Popover';
import { SelectBox } from './SelectBox';
import { matching } from './SelectField';
import { Text } from './Text';

type Props<T extends string> = FieldProps & {
  value: T[];
  onChange: (value: T[]) => void;
  options: Option<T>[];
  placeholder?: string;
  testID?: string;
  disabled?: boolean;
  /** Offers what was typed and is no option yet. */
  allowNew?: (text: string) => void;
};

export function MultiSelectField<T extends string>(props: Props<T>) {
  const { label, value, onChange, options, placeholder, error, hint, required, testID, disabled, allowNew } = props;
  const { t } = useTranslation();
  const ids = useFieldIds(props);
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const anchor = useRef<View>(null);
  const labels = value.map((item) => options.find((option) => option.value === item)?.label ?? item);
  const typed = text.trim();
  const known = options.some((option) => option.label.toLowerCase() === typed.toLowerCase());

  return (
    <Field label={label} error={error} hint={hint} required={required} ids={ids}>
      <SelectBox
        ref={anchor}
        label={labels.length > 0 ? t('ui:field.holds', { label, value: labels.join(t('ui:list.separator')) }) : label}
        ids={ids}
        open={open}
        onOpen={() => setOpen(true)}
        popup="listbox"
        error={error}
        required={required}
        disabled={disabled}
        testID={testID}
      >
        {labels.length > 0 ? labels.map((name, index) => <Chip key={value[index]} label={name} />) : <Text tone="muted">{placeholder ?? t('ui:select.choose')}</Text>}
      </SelectBox>
      <Popover
        open={open}
        onClose={() => {
          setOpen(false);
          setText('');
        }}
        label={label}
        anchor={anchor}
      >
        <OptionList
          label={label}
          multiple
          options={matching(options, text)}
          chosen={(option) => value.includes(option)}
          onTake={(option) => onChange(value.includes(option) ? value.filter((item) => item !== option) : [...value, option])}
          search={allowNew || options.length > 8 ? { text, onChange: setText } : undefined}
          onAdd={
            allowNew && typed && !known
              ? () => {
                  allowNew(typed);
                  setText('');
                }
              : undefined
          }
        />
      </Popover>
    </Field>
  );
}
