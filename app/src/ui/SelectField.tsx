import { useRef, useState } from 'react';
import { View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { Field, useFieldIds, type FieldProps } from './Field';
import { Icon } from './Icon';
import { OptionList, type Option } from './OptionList';
import { Popover } from './Popover';
import { SelectBox } from './SelectBox';
import { Text } from './Text';

type Props<T extends string> = FieldProps & {
  value: T | null;
  onChange: (value: T) => void;
  options: Option<T>[];
  searchable?: boolean;
  placeholder?: string;
  testID?: string;
  disabled?: boolean;
  hideLabel?: boolean;
} & ({ clearable?: false } | { clearable: true; onChange: (value: T | null) => void });

export function SelectField<T extends string>(props: Props<T>) {
  const { label, value, options, searchable, placeholder, error, hint, required, testID, disabled } = props;
  const { t } = useTranslation();
  const ids = useFieldIds(props);
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const anchor = useRef<View>(null);
  const current = options.find((option) => option.value === value);

  const close = () => {
    setOpen(false);
    setText('');
  };
  // An empty value stands for none in the list; no option has it.
  const none = props.clearable && value !== null && !text ? [{ value: '' as T, label: t('ui:select.clear') as string }] : [];

  const box = (
    <>
      <SelectBox
        ref={anchor}
        label={current ? t('ui:field.holds', { label, value: current.label }) : label}
        ids={ids}
        open={open}
        onOpen={() => setOpen(true)}
        popup="listbox"
        error={error}
        required={required}
        disabled={disabled}
        testID={testID}
      >
        {current?.icon ? <Icon name={current.icon} size={18} /> : null}
        <Text tone={current ? 'text' : 'muted'} lines={1} style={{ flexShrink: 1 }}>
          {current?.label ?? placeholder ?? t('ui:select.choose')}
        </Text>
      </SelectBox>
      <Popover open={open} onClose={close} label={label} anchor={anchor}>
        <OptionList
          label={label}
          options={[...none, ...matching(options, text)]}
          chosen={(option) => option === value}
          onTake={(option) => {
            close();
            if (option !== '') props.onChange(option);
            else if (props.clearable) props.onChange(null);
          }}
          search={searchable ? { text, onChange: setText } : undefined}
        />
      </Popover>
    </>
  );
  if (props.hideLabel) return <View>{box}</View>;
  return (
    <Field label={label} error={error} hint={hint} required={required} ids={ids}>
      {box}
    </Field>
  );
}

/** The options whose label or hint holds what was typed. */
export function matching<T extends string>(options: Option<T>[], text: string): Option<T>[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return options;
  return options.filter(({ label, hint }) => label.toLowerCase().includes(wanted) || hint?.toLowerCase().includes(wanted));
}
