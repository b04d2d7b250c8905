import { useTranslation } from 'react-i18next';

import type { Customer } from '@/api/customers';
import { useMemberNames } from '@/api/members';
import { useCan } from '@/api/session';
import type { Versioned } from '@/api/versioned';
import { useFormat } from '@/i18n/format';
import { Card, Column, Text, useWidth } from '@/ui';

import { GROUPS } from './editable';
import { InlineField } from './InlineField';
import { TagsEditor } from './TagsEditor';

/** What is known of a customer, to be changed field by field. */
export function BasicTab({ customer }: { customer: Versioned<Customer> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useMemberNames();
  const canEdit = useCan('customer:update');
  // On wide windows the tags stand beside the tabs.
  const showTags = useWidth() !== 'desktop';
  const { record } = customer;
  const author = nameOf(record.created_by);
  const created = format.date(record.created_at, 'long');

  return (
    <Column gap={16}>
      {(Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => (
        <Card key={group} title={t(`customers:basic.${group}`)}>
          <Column gap={4}>
            {GROUPS[group].map((field) => (
              // Another customer begins with all fields closed.
              <InlineField key={`${record.id} ${field}`} field={field} customer={customer} canEdit={canEdit} />
            ))}
          </Column>
        </Card>
      ))}
      {showTags && (
        <Card title={t('customers:tags.title')}>
          <TagsEditor customer={customer} />
        </Card>
      )}
      <Text variant="caption" tone="muted">
        {author ? t('customers:basic.created', { name: author, date: created }) : t('customers:basic.createdAt', { date: created })}
        {' · '}
        {t('customers:basic.updated', { date: format.date(record.updated_at, 'longTime') })}
      </Text>
    </Column>
  );
}
