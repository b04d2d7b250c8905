import { useState } from 'react';
import { Linking, StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import type { Customer } from '@/api/customers';
import { useRecentCustomers } from '@/api/home';
import { useCan } from '@/api/session';
import { LogSheet } from '@/features/interactions/LogSheet';
import { useFormat } from '@/i18n/format';
import { themed } from '@/theme/theme';
import { Card, EmptyState, IconButton, Press, Skeleton, Text } from '@/ui';

const ROOM = 6;

/** Whom one was in contact with last, to be called or logged again. */
export function RecentCard() {
  const { t } = useTranslation();
  const { data } = useRecentCustomers(ROOM);
  const [logging, setLogging] = useState<string>();
  return (
    <Card title={t('home:recent.title')} testID="panel-recent">
      {!data && <Skeleton lines={4} />}
      {data?.length === 0 && (
        <EmptyState
          icon="phone-outline"
          title={t('home:recent.empty')}
          body={t('home:recent.emptyBody')}
          action={{ label: t('home:recent.customers'), href: '/customers' }}
        />
      )}
      {data && data.length > 0 && (
        <View>
          {data.map((customer) => (
            <RecentRow key={customer.id} customer={customer} onLog={() => setLogging(customer.id)} />
          ))}
        </View>
      )}
      <LogSheet open={!!logging} customerId={logging} onClose={() => setLogging(undefined)} />
    </Card>
  );
}

function RecentRow({ customer, onLog }: { customer: Customer; onLog: () => void }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const { relative } = useFormat();
  const mayLog = useCan('interaction:create');
  const { id, name, contact_name, phone, do_not_contact, last_interaction_at } = customer;
  const facts = [contact_name, last_interaction_at && relative(last_interaction_at)].filter(Boolean).join(' · ');
  return (
    <View style={styles.row} testID={`row-${id}`}>
      <Press href={`/customers/${id}`} style={styles.main}>
        <View style={styles.text}>
          <Text strong lines={1}>
            {name}
          </Text>
          <Text variant="caption" tone="muted" lines={1}>
            {facts}
          </Text>
        </View>
      </Press>
      {phone && !do_not_contact && (
        <IconButton icon="phone-outline" label={t('home:recent.call', { name: contact_name || name })} onPress={() => void Linking.openURL(`tel:${phone}`)} />
      )}
      {mayLog && <IconButton icon="note-edit-outline" label={t('home:recent.log', { name })} onPress={onLog} testID={`action-log-${id}`} />}
    </View>
  );
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    row: { flexDirection: 'row', alignItems: 'center', borderTopWidth: 1, borderTopColor: colors.divider },
    main: {
      flex: 1,
      minWidth: 0,
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.m,
      paddingVertical: space.s,
      paddingHorizontal: space.s,
      marginLeft: -space.s,
      borderRadius: radius.control,
    },
    text: { flex: 1, minWidth: 0 },
  }),
);
