import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useCan } from '@/api/session';
import { useCustomerTasks, type Task } from '@/api/tasks';
import { TaskRow } from '@/features/tasks/TaskRow';
import { TaskSheet } from '@/features/tasks/TaskSheet';
import { Button, Card, Text } from '@/ui';

/** The earliest open task of a customer, to be done or put off on the spot. */
export function NextStepCard({ customerId, onPlan }: { customerId: string; onPlan: () => void }) {
  const { t } = useTranslation();
  const canPlan = useCan('task:create');
  const { data: tasks } = useCustomerTasks(customerId);
  const [opened, setOpened] = useState<Task | null>(null);
  const next = tasks?.find(({ status }) => status === 'open');
  return (
    <Card title={t('customers:page.nextStep')}>
      {next && <TaskRow task={next} onOpen={setOpened} showCustomer={false} />}
      {tasks && !next && <Text tone="muted">{t('customers:page.noNext')}</Text>}
      {tasks && !next && canPlan && <Button size="small" icon="plus" label={t('customers:page.plan')} onPress={onPlan} />}
      {opened && <TaskSheet open task={opened} onClose={() => setOpened(null)} />}
    </Card>
  );
}
