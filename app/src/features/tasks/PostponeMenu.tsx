import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Task } from '@/api/tasks';
import { useFormat } from '@/i18n/format';
import { DateTimeField, Dialog, IconButton, Menu } from '@/ui';

import { laterChoices } from './due';
import { useTaskActions } from './useTaskActions';

/** The button that puts a task off. */
export function PostponeMenu({ task }: { task: Task }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { postpone } = useTaskActions();
  const [picking, setPicking] = useState(false);
  const choices = laterChoices(new Date(), format.timeZone, task.due_at);
  return (
    <>
      <Menu
        label={t('tasks:later.title')}
        trigger={(props) => (
          <IconButton {...props} icon="calendar-clock-outline" label={t('tasks:row.postpone', { title: task.title })} testID={`action-postpone-${task.id}`} />
        )}
        items={[
          ...choices.map((choice) => ({
            key: choice.key,
            label: `${t(`tasks:later.${choice.key}`)} ${format.date(choice.at, 'time')}`,
            onPress: () => postpone(task, choice.at),
          })),
          { key: 'pick', label: t('tasks:later.pick'), onPress: () => setPicking(true) },
        ]}
      />
      {picking && <PickDialog task={task} onClose={() => setPicking(false)} onPick={(due) => postpone(task, due)} />}
    </>
  );
}

function PickDialog({ task, onClose, onPick }: { task: Task; onClose: () => void; onPick: (due: Date) => void }) {
  const { t } = useTranslation();
  const { timeZone } = useFormat();
  const [due, setDue] = useState(task.due_at);
  const pick = () => {
    if (due && due !== task.due_at) onPick(new Date(due));
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('tasks:later.title')}
      actions={[
        { label: t('tasks:sheet.cancel'), kind: 'text', onPress: onClose },
        { label: t('tasks:sheet.save'), kind: 'primary', onPress: pick },
      ]}
    >
      <DateTimeField label={t('tasks:sheet.due')} value={due} onChange={setDue} mode="datetime" timeZone={timeZone} testID="field-due" />
    </Dialog>
  );
}
