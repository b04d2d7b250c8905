import { useTranslation } from 'react-i18next';
import { Linking, StyleSheet, View } from 'react-native';

import type { Customer } from '@/api/customers';
import { useMemberNames } from '@/api/members';
import { useSession } from '@/api/session';
import { useCustomerTasks } from '@/api/tasks';
import { useDueLabel } from '@/features/tasks/dueLabel';
import { useFormat } from '@/i18n/format';
import { dayOf, daysBetween } from '@/i18n/zone';
import { space } from '@/theme/tokens';
import { Chip, IconButton, Row, Text, useWidth } from '@/ui';

import { recentColleague } from './contactRules';
import { StageStepper } from './StageStepper';

/** Who the customer is and how things stand: stage, silence, owner, and how to reach them. */
export function CustomerHeader({ customer, onCall }: { customer: Customer; onCall: () => void }) {
  const { t } = useTranslation();
  const phone = useWidth() === 'phone';
  const nameOf = useMemberNames();
  const owner = customer.owner_id ? t('customers:page.owner', { name: nameOf(customer.owner_id) }) : t('customers:page.noOwner');

  return (
    <View style={styles.header}>
      <Row gap={12} wrap justify="space-between">
        <StageStepper customer={customer} />
        {!phone && <Text tone="muted">{owner}</Text>}
      </Row>
      {customer.lifecycle === 'lost' && customer.lost_reason !== '' && (
        <Text tone="muted">
          {t('customers:fields.lost_reason')} · {customer.lost_reason}
        </Text>
      )}
      <Row gap={8} wrap>
        <Quiet customer={customer} />
        {customer.do_not_contact && <Chip tone="danger" icon="close-circle-outline" label={t('customers:page.doNotContact')} />}
        <Colleague customer={customer} />
        {phone && (
          <Text variant="label" tone="muted">
            {owner}
          </Text>
        )}
      </Row>
      {phone && <Reach customer={customer} onCall={onCall} />}
      {phone && <NextLine customerId={customer.id} />}
    </View>
  );
}

/** How many days ago anybody was in touch. */
function Quiet({ customer: { last_interaction_at: last } }: { customer: Customer }) {
  const { t } = useTranslation();
  const { timeZone } = useFormat();
  const days = last ? daysBetween(dayOf(last, timeZone), dayOf(new Date(), timeZone)) : null;
  const text = days === null ? t('customers:page.quietNever') : days < 1 ? t('customers:page.quietToday') : t('customers:page.quiet', { count: days });
  return (
    <Text variant="label" tone="muted">
      {text}
    </Text>
  );
}

function Colleague({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useMemberNames();
  const { member } = useSession();
  const colleague = recentColleague(customer, member?.id, new Date());
  if (!colleague) return null;
  return (
    <Chip
      tone="warning"
      icon="account-outline"
      label={t('customers:page.colleague', { name: nameOf(colleague.id), when: format.relative(colleague.at) })}
    />
  );
}

/** On phones the ways to reach somebody stand at the thumb's height, below the name. */
function Reach({ customer, onCall }: { customer: Customer; onCall: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { contact_name, phone, email } = customer;
  if (contact_name === '' && !phone && !email) return null;
  return (
    <Row gap={8}>
      <View style={styles.person}>
        {contact_name !== '' && (
          <Text strong lines={1}>
            {contact_name}
          </Text>
        )}
        {phone && (
          <Text variant="label" tone="muted" tabular lines={1}>
            {format.phone(phone)}
          </Text>
        )}
      </View>
      {phone && <IconButton icon="phone" tone="primary" label={t('customers:page.call', { phone: format.phone(phone) })} onPress={onCall} testID="action-call" />}
      {email && (
        <IconButton
          icon="email-outline"
          tone="primary"
          label={t('customers:page.mail', { email })}
          onPress={() => void Linking.openURL(`mailto:${email}`)}
          testID="action-mail"
        />
      )}
    </Row>
  );
}

/** The earliest open task; on wide windows it has a card of its own. */
function NextLine({ customerId }: { customerId: string }) {
  const { t } = useTranslation();
  const dueLabel = useDueLabel();
  const { data: tasks } = useCustomerTasks(customerId);
  const next = tasks?.find(({ status }) => status === 'open');
  // Its line is kept while the tasks are on their way.
  const text = next ? t('customers:page.nextLine', { when: next.due_at ? dueLabel(next.due_at) : '', title: next.title }) : t('customers:page.noNext');
  return (
    <Text variant="label" lines={1} tone={next ? 'text' : 'muted'}>
      {tasks ? text : ' '}
    </Text>
  );
}

const styles = StyleSheet.create({
  header: { gap: space.s },
  person: { flex: 1, minWidth: 0 },
});
