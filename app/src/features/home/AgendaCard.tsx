import { useState } from 'react';
import { View } from 'react-native';
import { useTranslation } from 'react-i18next';

import type { Home } from '@/api/home';
import { useCan } from '@/api/session';
import { type Task, useTasks } from '@/api/tasks';
import { TaskRow } from '@/features/tasks/TaskRow';
import { TaskSheet } from '@/features/tasks/TaskSheet';
import { Button, Card, EmptyState, ErrorState, Skeleton, Text } from '@/ui';

import { agendaOf } from './agenda';

const ROOM = 8;

/** Today's tasks and those that are overdue, to be ticked off here. */
export function AgendaCard({ home }: { home: Home }) {
  const { t } = useTranslation();
  const mayCreate = useCan('task:create');
  const overdue = useTasks('overdue', 'me');
  const today = useTasks('today', 'me');
  const [opened, setOpened] = useState<Task>();
  const [creating, setCreating] = useState(false);

  const error = overdue.error ?? today.error;
  const total = home.overdue_tasks.count + home.today_tasks.count;
  const loaded = overdue.data && today.data;
  const agenda = loaded && agendaOf(rowsOf(overdue.data), rowsOf(today.data), total, ROOM);
  const rows = (tasks: Task[]) => tasks.map((task) => <TaskRow key={task.id} task={task} onOpen={setOpened} />);

  return (
    <Card
      title={t('home:agenda.title')}
      action={mayCreate && <Button kind="text" size="small" icon="plus" label={t('home:agenda.new')} onPress={() => setCreating(true)} testID="action-new-task" />}
      testID="panel-agenda"
    >
      {!agenda && (error ? <ErrorState error={error} onRetry={() => void Promise.all([overdue.refetch(), today.refetch()])} /> : <Skeleton lines={4} />)}
      {agenda && !agenda.overdue.length && !agenda.today.length && (
        <EmptyState icon="check-circle-outline" title={t('home:agenda.empty')} body={t('home:agenda.emptyBody')} />
      )}
      {agenda && agenda.overdue.length > 0 && (
        <View>
          <Text variant="label" tone="danger" heading={3}>
            {`${t('home:agenda.overdue')} ${home.overdue_tasks.count}`}
          </Text>
          {rows(agenda.overdue)}
        </View>
      )}
      {agenda && agenda.today.length > 0 && (
        <View>
          {agenda.overdue.length > 0 && (
            <Text variant="label" tone="muted" heading={3}>
              {`${t('home:agenda.today')} ${home.today_tasks.count}`}
            </Text>
          )}
          {rows(agenda.today)}
        </View>
      )}
      {agenda && agenda.hidden > 0 && (
        <Button kind="text" size="small" label={t('home:agenda.all', { count: total })} href={agenda.overdue.length ? '/tasks?view=overdue' : '/tasks'} />
      )}
      <TaskSheet
        open={creating || !!opened}
        task={opened}
        onClose={() => {
          setCreating(false);
          setOpened(undefined);
        }}
      />
    </Card>
  );
}

function rowsOf(data: { pages: { data: Task[] }[] }): Task[] {
  return data.pages.flatMap((page) => page.data);
}
