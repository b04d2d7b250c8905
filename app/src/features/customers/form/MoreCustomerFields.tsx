import { useTranslation } from 'react-i18next';

import { useCompanySettings } from '@/api/company';
import { useTags } from '@/api/tags';
import { Column, MultiSelectField, SelectField, Text, TextField } from '@/ui';

import { useOwnerOptions } from '../useOwnerOptions';
import type { CustomerDraft } from './customerDraft';
import type { CustomerForm } from './useCustomerForm';

type TextName = 'industry' | 'website' | 'address' | 'employees' | 'revenue' | 'note';

const FURTHER = ['owner_id', 'tags', 'industry', 'website', 'address', 'employees', 'revenue', 'note'];

/** Whether a field is one of these. */
export const isFurther = (field: string): boolean => FURTHER.includes(field);

/** The rest of what can be known of a customer. */
export function MoreCustomerFields({ form }: { form: CustomerForm }) {
  const { t } = useTranslation();
  const { currency } = useCompanySettings();
  const owners = useOwnerOptions('customer:create');
  const { data: tags = [] } = useTags();
  const { value, change, check, errors } = form;

  const field = (name: TextName) => ({
    label: t(`customers:fields.${name}`),
    value: value[name],
    onChange: (text: string) => change({ [name]: text } as Partial<CustomerDraft>),
    onBlur: () => check(name),
    error: errors[name],
    testID: `field-${name}`,
  });

  return (
    <Column gap={16}>
      {owners.length > 1 && (
        <SelectField<string>
          label={t('customers:fields.owner_id')}
          hint={t('customers:form.ownerHint')}
          value={value.owner_id}
          onChange={(owner_id) => change({ owner_id })}
          options={owners}
          error={errors.owner_id}
          searchable
          clearable
          testID="field-owner_id"
        />
      )}
      <MultiSelectField<string>
        label={t('customers:fields.tags')}
        hint={t('customers:form.tagsHint')}
        value={value.tags}
        onChange={(next) => change({ tags: next })}
        options={tags.map(({ name }) => ({ value: name, label: name }))}
        allowNew={(name) => change({ tags: [...value.tags, name] })}
        error={errors.tags}
        testID="field-tags"
      />
      <TextField {...field('industry')} maxLength={100} />
      <TextField {...field('website')} keyboard="url" maxLength={500} />
      <TextField {...field('address')} maxLength={500} />
      <TextField {...field('employees')} keyboard="number" />
      <TextField {...field('revenue')} suffix={<Text tone="muted">{currency}</Text>} />
      <TextField {...field('note')} multiline maxLength={10000} />
    </Column>
  );
}
