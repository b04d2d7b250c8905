import { router, type Href } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { StyleSheet, View } from 'react-native';

import type { Customer } from '@/api/customers';
import { useCan } from '@/api/session';
import type { Versioned } from '@/api/versioned';
import { LogSheet } from '@/features/interactions/LogSheet';
import type { LogPrefill } from '@/features/interactions/logDraft';
import { TaskSheet } from '@/features/tasks/TaskSheet';
import { space } from '@/theme/tokens';
import { Button, IconButton, Screen, Tabs, useWidth } from '@/ui';

import { useListState } from '../list/useListState';
import { BasicTab } from './BasicTab';
import { CustomerHeader } from './CustomerHeader';
import { CustomerMenu } from './CustomerMenu';
import { CustomerSide } from './CustomerSide';
import { RecordsTab } from './RecordsTab';
import { CUSTOMER_TABS, type CustomerTab } from './tabs';
import { TasksTab } from './TasksTab';
import { useCalling } from './useCalling';
import { useCustomerActions } from './useCustomerActions';

/** Everything about one customer. On wide windows the most used stands beside the tabs. */
export function CustomerPage({ customer, tab }: { customer: Versioned<Customer>; tab: CustomerTab }) {
  const { t } = useTranslation();
  const { record } = customer;
  const width = useWidth();
  const { hrefOf, listHref } = useListState();
  const canLog = useCan('interaction:create');
  const canPlan = useCan('task:create');
  const [logging, setLogging] = useState<{ prefill?: LogPrefill } | null>(null);
  const [planning, setPlanning] = useState(false);
  const { call, dialog } = useCalling(record, (prefill) => canLog && setLogging({ prefill }));

  const open = (next: CustomerTab) => router.replace(hrefOf(record.id, next) as Href);
  const log = () => setLogging({});
  const plan = () => setPlanning(true);
  useCustomerActions(record, { log, plan, call, open });
  const phone = width === 'phone';

  return (
    <View style={styles.page}>
      <Screen
        title={record.name}
        wide={width === 'desktop'}
        actions={
          <>
            {width === 'tablet' && <IconButton icon="arrow-left" label={t('customers:page.back')} href={listHref} testID="action-back" />}
            {canLog && !phone && (
              <Button kind="primary" icon="note-edit-outline" label={t('customers:page.log')} onPress={log} shortcut="l" testID="action-log" />
            )}
            {canPlan && !phone && (
              <Button icon="calendar-clock-outline" label={t('customers:page.addTask')} onPress={plan} shortcut="t" testID="action-task" />
            )}
            {!phone && record.phone && <IconButton icon="phone-outline" label={t('customers:page.callShort')} onPress={call} testID="action-call" />}
            <CustomerMenu customer={record} onPlan={phone && canPlan ? plan : undefined} />
          </>
        }
      >
        <CustomerHeader customer={record} onCall={call} />
        <View style={width === 'desktop' ? styles.columns : styles.stack}>
          <View style={styles.main}>
            <Tabs<CustomerTab>
              label={t('customers:page.tabs')}
              tabs={CUSTOMER_TABS.map((key) => ({ key, label: t(`customers:page.tab.${key}`) }))}
              value={tab}
              onChange={open}
            />
            <View role="tabpanel" aria-label={t(`customers:page.tab.${tab}`)} testID={`panel-${tab}`}>
              {tab === 'records' && <RecordsTab customer={record} />}
              {tab === 'basic' && <BasicTab customer={customer} />}
              {tab === 'tasks' && <TasksTab customerId={record.id} onPlan={plan} />}
            </View>
          </View>
          {width === 'desktop' ? (
            <View style={styles.side}>
              <CustomerSide customer={customer} onCall={call} onPlan={plan} />
            </View>
          ) : null}
        </View>
        <LogSheet open={logging !== null} onClose={() => setLogging(null)} customerId={record.id} prefill={logging?.prefill} />
        {planning && <TaskSheet open customerId={record.id} onClose={() => setPlanning(false)} />}
        {dialog}
      </Screen>
      {canLog && phone && (
        <View style={styles.thumb}>
          <Button kind="primary" icon="plus" label={t('customers:page.log')} onPress={log} testID="action-log" />
        </View>
      )}
    </View>
  );
}

const styles = StyleSheet.create({
  page: { flex: 1, minWidth: 0 },
  // Within the thumb's reach, above what scrolls.
  thumb: { position: 'absolute', right: space.l, bottom: space.l },
  columns: { flexDirection: 'row', gap: space.xl, alignItems: 'flex-start' },
  stack: { gap: space.l },
  main: { flex: 1, minWidth: 0, gap: space.l },
  side: { width: 300, gap: space.l },
});
