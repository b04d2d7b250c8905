import { useState } from 'react';
import { View } from 'react-native';
import { useTranslation } from 'react-i18next';

import type { HomeFigure } from '@/api/home';
import { type Task, useTasks } from '@/api/tasks';
import { TaskRow } from '@/features/tasks/TaskRow';
import { TaskSheet } from '@/features/tasks/TaskSheet';
import { Button, Card, Skeleton, Text } from '@/ui';

const ROOM = 5;
const LIST = '/tasks?view=overdue&whose=all';

/** What is overdue with anybody within reach, the oldest first. */
export function TeamOverdueCard({ figure }: { figure: HomeFigure }) {
  const { t } = useTranslation();
  const { data } = useTasks('overdue', 'all');
  const [opened, setOpened] = useState<Task>();
  const tasks = data?.pages[0]?.data.slice(0, ROOM);
  return (
    <Card
      title={t('home:team.overdue')}
      action={figure.count > 0 && <Button kind="text" size="small" label={t('home:team.all', { count: figure.count })} href={LIST} testID="action-all-overdue" />}
      testID="panel-team-overdue"
    >
      {!tasks && <Skeleton lines={3} />}
      {tasks?.length === 0 && <Text tone="muted">{t('home:team.overdueEmpty')}</Text>}
      {tasks && tasks.length > 0 && (
        <View>
          {tasks.map((task) => (
            <TaskRow key={task.id} task={task} onOpen={setOpened} />
          ))}
        </View>
      )}
      <TaskSheet open={!!opened} task={opened} onClose={() => setOpened(undefined)} />
    </Card>
  );
}
