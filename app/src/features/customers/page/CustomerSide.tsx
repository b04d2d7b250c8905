import { useTranslation } from 'react-i18next';

import type { Customer } from '@/api/customers';
import type { Versioned } from '@/api/versioned';
import { useFormat } from '@/i18n/format';
import { Card, Text } from '@/ui';

import { ContactCard } from './ContactCard';
import { NextStepCard } from './NextStepCard';
import { TagsEditor } from './TagsEditor';

interface Props {
  customer: Versioned<Customer>;
  onCall: () => void;
  onPlan: () => void;
}

/** What one wants to see of a customer whichever tab is open. */
export function CustomerSide({ customer, onCall, onPlan }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { record } = customer;
  const facts = [
    t('customers:page.since', { stage: t(`common:stage.${record.lifecycle}`), date: format.date(record.lifecycle_since) }),
    [record.industry, record.source].filter(Boolean).join(' · '),
  ];
  return (
    <>
      <NextStepCard customerId={record.id} onPlan={onPlan} />
      <ContactCard customer={record} onCall={onCall} />
      <Card title={t('customers:tags.title')}>
        <TagsEditor customer={customer} />
      </Card>
      <Card title={t('customers:page.about')}>
        {facts.filter(Boolean).map((fact) => (
          <Text key={fact} tone="muted">
            {fact}
          </Text>
        ))}
      </Card>
    </>
  );
}
