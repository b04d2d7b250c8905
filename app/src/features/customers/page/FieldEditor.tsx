import { useTranslation } from 'react-i18next';
import { View } from 'react-native';

import { useScope } from '@/api/session';
import { CheckBox, SelectField, Text, TextField } from '@/ui';
import { isComposing, web, type KeyPress } from '@/ui/web';

import { useOwnerOptions } from '../useOwnerOptions';
import type { EditableField } from './editable';

interface Props {
  field: EditableField;
  value: string;
  currency: string;
  onChange: (text: string) => void;
  onCancel: () => void;
  error?: string;
}

const KEYBOARDS = { phone: 'phone', email: 'email', website: 'url', employees: 'number' } as const;
const MOST: Partial<Record<EditableField, number>> = {
  name: 200,
  contact_name: 200,
  phone: 64,
  email: 254,
  website: 500,
  address: 500,
  district: 100,
  city: 100,
  region: 100,
  postal_code: 20,
  country: 2,
  industry: 100,
  source: 64,
  note: 10_000,
};

/** The control for one field. */
export function FieldEditor({ field, value, currency, onChange, onCancel, error }: Props) {
  const { t } = useTranslation();
  const label = t(`customers:fields.${field}`);
  const testID = `field-${field}`;
  const onKeyDown = (event: KeyPress) => {
    if (event.key === 'Escape' && !isComposing(event)) onCancel();
  };

  if (field === 'owner_id') return <OwnerEditor label={label} value={value} onChange={onChange} error={error} />;
  if (field === 'do_not_contact') {
    return <CheckBox label={label} checked={value === 'true'} onChange={(checked) => onChange(String(checked))} testID={testID} />;
  }
  return (
    <View {...web({ onKeyDownCapture: onKeyDown })}>
      <TextField
        label={label}
        value={value}
        onChange={onChange}
        error={error}
        keyboard={field in KEYBOARDS ? KEYBOARDS[field as keyof typeof KEYBOARDS] : undefined}
        multiline={field === 'note'}
        suffix={field === 'revenue' ? <Text tone="muted">{currency}</Text> : undefined}
        maxLength={MOST[field]}
        required={field === 'name'}
        autoFocus
        testID={testID}
      />
    </View>
  );
}

/** Only those who see every customer may leave one without an owner. */
function OwnerEditor({ label, value, onChange, error }: { label: string; value: string; onChange: (owner: string) => void; error?: string }) {
  const owners = useOwnerOptions('customer:update');
  const canRelease = useScope('customer:update') === 'all';
  const select = { label, value: value || null, options: owners, error, searchable: true, testID: 'field-owner_id' };
  return canRelease ? (
    <SelectField<string> {...select} clearable onChange={(owner: string | null) => onChange(owner ?? '')} />
  ) : (
    <SelectField<string> {...select} onChange={onChange} />
  );
}
