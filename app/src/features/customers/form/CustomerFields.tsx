import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useLookalikes } from '@/api/customers';
import { Banner, Chip, Column, Press, Row, Text, TextField } from '@/ui';

import { quote } from '../filter/tokens';
import { STAGES } from '../filter/fields';
import { SourceField } from './SourceField';
import type { CustomerDraft } from './customerDraft';
import { checkPhone } from './validate';
import type { CustomerForm } from './useCustomerForm';

type TextName = 'name' | 'contact_name' | 'phone' | 'email';

/** What one knows of a customer at first. */
export function CustomerFields({ form, hrefOf }: { form: CustomerForm; hrefOf: (customerId: string) => string }) {
  const { t } = useTranslation();
  const { value, change, check, errors } = form;
  // Asked when a field is left, not at each letter.
  const [asked, setAsked] = useState('');

  const field = (name: TextName) => ({
    label: t(`customers:fields.${name}`),
    value: value[name],
    onChange: (text: string) => change({ [name]: text } as Partial<CustomerDraft>),
    onBlur: () => {
      check(name);
      setAsked(lookalikeFilter(value));
    },
    error: errors[name],
    testID: `field-${name}`,
  });

  return (
    <Column gap={16}>
      <TextField {...field('name')} hint={t('customers:form.nameHint')} required autoFocus maxLength={200} />
      <Lookalikes filter={asked} hrefOf={hrefOf} />
      <TextField {...field('contact_name')} maxLength={200} />
      <TextField {...field('phone')} hint={t('customers:form.phoneHint')} keyboard="phone" maxLength={64} />
      <TextField {...field('email')} keyboard="email" maxLength={254} />
      <SourceField value={value.source} onChange={(source) => change({ source })} error={errors.source} />
      <Column gap={4}>
        <Text variant="label">{t('customers:fields.lifecycle')}</Text>
        <Row gap={8} wrap>
          {STAGES.map((stage) => (
            <Chip
              key={stage}
              label={t(`common:stage.${stage}`)}
              selected={value.lifecycle === stage}
              onPress={() => change({ lifecycle: stage })}
              testID={`field-lifecycle-${stage}`}
            />
          ))}
        </Row>
      </Column>
    </Column>
  );
}

/** Customers with the same name or phone; the filter is empty while there is nothing to compare. */
function lookalikeFilter({ name, phone }: CustomerDraft): string {
  const digits = phone.replace(/\D/g, '');
  const whole = digits.length > 7 && !checkPhone(phone);
  const parts = [name.trim().length > 1 && `name:${quote(name.trim())}`, whole && `phone:${quote(digits)}`];
  return parts.filter(Boolean).join(' OR ');
}

function Lookalikes({ filter, hrefOf }: { filter: string; hrefOf: (customerId: string) => string }) {
  const { t } = useTranslation();
  const { data: found = [] } = useLookalikes(filter);
  return found.map((customer) => (
    <Press key={customer.id} href={hrefOf(customer.id)}>
      <Banner tone="warning" text={t('customers:form.lookalike', { name: customer.name })} />
    </Press>
  ));
}
