import { useTranslation } from 'react-i18next';

import { useCompanySettings } from '@/api/company';
import { useCreateTask, useDeleteTask } from '@/api/tasks';
import { dueChoices } from '@/features/interactions/dueChoices';
import { useFormat } from '@/i18n/format';
import { useErrorText } from '@/ui/useErrorText';
import { useToast } from '@/ui';

/** Makes a task of a next step that was written down without one: for tomorrow, to be moved if need be. */
export function usePlanNextStep(customerId: string): (title: string) => void {
  const { t } = useTranslation();
  const toast = useToast();
  const format = useFormat();
  const errorText = useErrorText();
  const { timeZone } = useCompanySettings();
  const create = useCreateTask();
  const remove = useDeleteTask();

  return (title) => {
    const due = dueChoices(new Date(), timeZone)[0]?.at;
    create.mutate(
      { title, customer_id: customerId, kind: 'follow_up', due_at: due },
      {
        onSuccess: (task) =>
          toast.show({
            text: t('customers:tasks.planned', { when: due ? format.date(due, 'dayTime') : '' }),
            tone: 'success',
            action: { label: t('common:undo'), onPress: () => remove.mutate(task.id) },
          }),
        onError: (error) => toast.show({ text: errorText(error), tone: 'danger' }),
      },
    );
  };
}
