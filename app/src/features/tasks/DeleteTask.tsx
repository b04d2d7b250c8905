import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { type Task, useDeleteTask } from '@/api/tasks';
import { Button, Dialog, Text, useErrorText, useToast } from '@/ui';

/** Deletes a task after asking: nothing brings it back. */
export function DeleteTask({ task, onDeleted }: { task: Task; onDeleted: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const errorText = useErrorText();
  const [asking, setAsking] = useState(false);
  const remove = useDeleteTask();
  const confirm = () =>
    remove.mutate(task.id, {
      onSuccess: () => {
        setAsking(false);
        toast.show({ text: t('tasks:done.deleted') });
        onDeleted();
      },
      onError: (error) => toast.show({ text: errorText(error), tone: 'danger' }),
    });
  return (
    <>
      <Button kind="text" icon="trash-can-outline" label={t('tasks:sheet.delete')} onPress={() => setAsking(true)} testID="action-delete-task" />
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('tasks:sheet.deleteTitle')}
        actions={[
          { label: t('tasks:sheet.cancel'), kind: 'text', onPress: () => setAsking(false) },
          { label: t('tasks:sheet.deleteConfirm'), kind: 'danger', onPress: confirm, loading: remove.isPending },
        ]}
      >
        <Text>{t('tasks:sheet.deleteBody', { title: task.title })}</Text>
      </Dialog>
    </>
  );
}
