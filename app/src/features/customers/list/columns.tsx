import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';

import type { Customer } from '@/api/customers';
import { useMemberNames } from '@/api/members';
import { useFormat } from '@/i18n/format';
import { Row, StageChip, Text, web } from '@/ui';
import type { Column } from '@/ui/tableTypes';

import { FollowUp } from './FollowUp';
import { TagChips } from './TagChips';

type CustomerColumn = Column<Customer>;
type Format = ReturnType<typeof useFormat>;

/** The columns of the table of customers. */
export function useCustomerColumns(): CustomerColumn[] {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useMemberNames();
  return useMemo(() => [nameColumn(t), ...textColumns(t, format, nameOf), ...timeColumns(t, format)], [t, format, nameOf]);
}

const nameColumn = (t: TFunction): CustomerColumn => ({
  key: 'name',
  title: t('customers:fields.name'),
  width: 240,
  sort: 'name',
  render: ({ name }) => (
    <Text strong lines={1}>
      {name}
    </Text>
  ),
});

function textColumns(t: TFunction, format: Format, nameOf: (id: string | null) => string): CustomerColumn[] {
  const text = (key: string, width: number, value: (customer: Customer) => string, hiddenAtFirst = false): CustomerColumn => ({
    key,
    title: t(`customers:fields.${key as 'source'}`),
    width,
    hideable: true,
    hiddenAtFirst,
    render: (customer) => <Text lines={1}>{value(customer)}</Text>,
  });
  return [
    {
      key: 'lifecycle',
      title: t('customers:fields.lifecycle'),
      width: 116,
      hideable: true,
      render: ({ lifecycle }) => (
        <Row>
          <StageChip stage={lifecycle} />
        </Row>
      ),
    },
    {
      key: 'owner_id',
      title: t('customers:fields.owner_id'),
      width: 120,
      hideable: true,
      render: ({ owner_id }) => (
        <Text lines={1} tone={owner_id ? 'text' : 'muted'}>
          {owner_id ? nameOf(owner_id) : t('customers:list.pool')}
        </Text>
      ),
    },
    text('contact_name', 120, (customer) => customer.contact_name),
    text('phone', 150, ({ phone }) => (phone ? format.phone(phone) : ''), true),
    text('source', 110, (customer) => customer.source, true),
    text('industry', 110, (customer) => customer.industry, true),
    { key: 'tags', title: t('customers:fields.tags'), width: 180, hideable: true, render: ({ tags }) => <TagChips tags={tags} /> },
  ];
}

function timeColumns(t: TFunction, format: Format): CustomerColumn[] {
  return [
    {
      key: 'next_follow_up_at',
      title: t('customers:fields.next_follow_up_at'),
      width: 150,
      sort: 'next_follow_up_at',
      hideable: true,
      render: ({ next_follow_up_at }) => <FollowUp at={next_follow_up_at} />,
    },
    {
      key: 'last_interaction_at',
      title: t('customers:fields.last_interaction_at'),
      width: 130,
      sort: 'last_interaction_at',
      hideable: true,
      render: ({ last_interaction_at: at }) => (
        <View {...web({ title: at ? format.date(at, 'longTime') : undefined })}>
          <Text lines={1} tone="muted">
            {at ? format.relative(at) : t('customers:list.never')}
          </Text>
        </View>
      ),
    },
    {
      key: 'created_at',
      title: t('customers:fields.created_at'),
      width: 130,
      sort: 'created_at',
      hideable: true,
      hiddenAtFirst: true,
      render: ({ created_at }) => (
        <Text lines={1} tone="muted">
          {format.date(created_at)}
        </Text>
      ),
    },
  ];
}
