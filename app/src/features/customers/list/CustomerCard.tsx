import { useTranslation } from 'react-i18next';
import { StyleSheet, View } from 'react-native';

import type { Customer } from '@/api/customers';
import { useMemberNames } from '@/api/members';
import { useFormat } from '@/i18n/format';
import { themed } from '@/theme/theme';
import { Row, StageChip, Text } from '@/ui';

import { FollowUp } from './FollowUp';

/** A customer in two lines: on phones, and in the narrow list beside a customer's page. */
export function CustomerCard({ customer, showOwner }: { customer: Customer; showOwner: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const styles = useStyles();
  const nameOf = useMemberNames();
  const owner = customer.owner_id ? nameOf(customer.owner_id) : t('customers:list.pool');
  const last = customer.last_interaction_at ? format.relative(customer.last_interaction_at) : t('customers:list.never');

  return (
    <View style={styles.card}>
      <Row gap={8} justify="space-between">
        <Text strong lines={1} style={styles.name}>
          {customer.name}
        </Text>
        <StageChip stage={customer.lifecycle} />
      </Row>
      <Row gap={8} justify="space-between">
        <Text variant="caption" tone="muted" lines={1} style={styles.name}>
          {[customer.contact_name, showOwner && owner, last].filter(Boolean).join(' · ')}
        </Text>
        <FollowUp at={customer.next_follow_up_at} variant="caption" />
      </Row>
    </View>
  );
}

const useStyles = themed(({ space }) =>
  StyleSheet.create({
    card: { flex: 1, minWidth: 0, gap: space.xs, justifyContent: 'center' },
    name: { flexShrink: 1, minWidth: 0 },
  }),
);
