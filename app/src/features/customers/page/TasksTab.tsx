import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useCan } from '@/api/session';
import { useCustomerTasks, type Task } from '@/api/tasks';
import { TaskRow } from '@/features/tasks/TaskRow';
import { TaskSheet } from '@/features/tasks/TaskSheet';
import { Button, Card, Column, EmptyState, ErrorState, Skeleton } from '@/ui';

/** What is planned with a customer, then what was done. */
export function TasksTab({ customerId, onPlan }: { customerId: string; onPlan: () => void }) {
  const { t } = useTranslation();
  const canPlan = useCan('task:create');
  const { data: tasks, error, refetch } = useCustomerTasks(customerId);
  const [opened, setOpened] = useState<Task | null>(null);
  const [showDone, setShowDone] = useState(false);

  if (error && !tasks) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!tasks) return <Skeleton lines={5} />;
  const open = tasks.filter(({ status }) => status === 'open');
  const done = tasks.filter(({ status }) => status === 'done');
  const rows = (list: Task[]) => list.map((task) => <TaskRow key={task.id} task={task} onOpen={setOpened} showCustomer={false} />);

  return (
    <Column gap={16}>
      {open.length === 0 ? (
        <EmptyState
          icon="calendar-clock-outline"
          title={t('customers:tasks.empty')}
          body={t('customers:tasks.emptyBody')}
          action={canPlan ? { label: t('customers:tasks.add'), onPress: onPlan } : undefined}
        />
      ) : (
        <>
          {canPlan && <Button icon="plus" label={t('customers:tasks.add')} onPress={onPlan} testID="action-add-task" />}
          <Card>{rows(open)}</Card>
        </>
      )}
      {done.length > 0 && (
        <>
          <Button
            kind="text"
            icon={showDone ? 'chevron-up' : 'chevron-down'}
            label={t('customers:tasks.done', { count: done.length })}
            onPress={() => setShowDone(!showDone)}
            testID="action-show-done"
          />
          {showDone && <Card>{rows(done)}</Card>}
        </>
      )}
      {opened && <TaskSheet open task={opened} onClose={() => setOpened(null)} />}
    </Column>
  );
}
