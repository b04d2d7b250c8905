import { useTranslation } from 'react-i18next';

import { useMemberNames } from '@/api/members';
import type { Task } from '@/api/tasks';
import { Column, Text } from '@/ui';

import { useDueLabel } from './dueLabel';

/** A task for somebody who may read but not change it. */
export function TaskView({ task }: { task: Task }) {
  const { t } = useTranslation();
  const nameOf = useMemberNames();
  const dueLabel = useDueLabel();
  const facts = [
    { label: t('tasks:sheet.title'), value: task.title },
    { label: t('tasks:sheet.customer'), value: task.customer?.name },
    { label: t('tasks:sheet.due'), value: task.due_at ? dueLabel(task.due_at) : t('tasks:row.noDue') },
    { label: t('tasks:sheet.assignee'), value: nameOf(task.assignee_id) },
    { label: t('tasks:sheet.note'), value: task.note },
  ];
  return (
    <Column gap={16}>
      {facts
        .filter(({ value }) => value)
        .map(({ label, value }) => (
          <Column key={label} gap={4}>
            <Text variant="label" tone="muted">
              {label}
            </Text>
            <Text selectable>{value}</Text>
          </Column>
        ))}
    </Column>
  );
}
