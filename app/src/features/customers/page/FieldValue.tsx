import { useTranslation } from 'react-i18next';

import { useCompanySettings } from '@/api/company';
import type { Customer } from '@/api/customers';
import { useMemberNames } from '@/api/members';
import { useFormat } from '@/i18n/format';
import { Text } from '@/ui';

import { currencyOf, type EditableField } from './editable';

/** Says what a field holds, in words; empty when it holds nothing. */
export function useFieldText(): (field: EditableField, customer: Customer) => string {
  const { t } = useTranslation();
  const format = useFormat();
  const { currency } = useCompanySettings();
  const nameOf = useMemberNames();

  return (field, customer) => {
    switch (field) {
      case 'phone':
        return customer.phone ? format.phone(customer.phone) : '';
      case 'employees':
        return customer.employees === null ? '' : format.number(customer.employees);
      case 'revenue':
        return customer.revenue === null ? '' : format.money(customer.revenue, currencyOf(customer, currency));
      case 'owner_id':
        return customer.owner_id ? nameOf(customer.owner_id) : t('customers:list.pool');
      case 'do_not_contact':
        return customer.do_not_contact ? t('common:yes') : t('common:no');
      default:
        return customer[field] ?? '';
    }
  };
}

export function FieldValue({ field, customer }: { field: EditableField; customer: Customer }) {
  const { t } = useTranslation();
  const text = useFieldText()(field, customer);
  return (
    <Text tone={text === '' ? 'muted' : 'text'} lines={field === 'note' ? undefined : 2}>
      {text === '' ? t('customers:basic.empty') : text}
    </Text>
  );
}
