import { useTranslation } from 'react-i18next';

import { type Task, type TaskPatch, useUpdateTask } from '@/api/tasks';
import { useToast } from '@/ui';

import { useDueLabel } from './dueLabel';

/** What a row does with its task: each change shows at once, and its toast takes it back. */
export function useTaskActions() {
  const { t } = useTranslation();
  const toast = useToast();
  const dueLabel = useDueLabel();
  const { mutate } = useUpdateTask();

  const change = (task: Task, patch: TaskPatch) =>
    mutate(
      { id: task.id, patch },
      { onError: () => toast.show({ tone: 'danger', text: t('tasks:done.refused', { title: task.title }) }) },
    );

  return {
    setDone(task: Task, done: boolean) {
      change(task, { status: done ? 'done' : 'open' });
      toast.show({
        text: t(done ? 'tasks:done.toast' : 'tasks:done.reopened', { title: task.title }),
        action: { label: t('tasks:done.undo'), onPress: () => change(task, { status: task.status }) },
      });
    },
    postpone(task: Task, due: Date) {
      change(task, { due_at: due.toISOString() });
      toast.show({
        text: t('tasks:done.postponed', { time: dueLabel(due.toISOString()) }),
        action: {
          label: t('tasks:done.undo'),
          onPress: () => change(task, task.due_on ? { due_on: task.due_on } : { due_at: task.due_at }),
        },
      });
    },
  };
}
