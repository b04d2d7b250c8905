import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { ApiError } from '@/api/client';
import { useCustomer } from '@/api/customers';
import { useCan, useSession } from '@/api/session';
import { type Task, useCreateTask, useTask, useUpdateTask } from '@/api/tasks';
import { type Draft, useDraft } from '@/drafts/useDraft';
import { useKeepUnsent } from '@/features/outbox/useKeepUnsent';
import { Banner, Button, ErrorState, Form, FormActions, Sheet, Skeleton, useErrorText, useToast } from '@/ui';

import { DeleteTask } from './DeleteTask';
import { formOf, newTaskForm, problemsOf, type TaskForm, toNewTask, toPatch } from './form';
import { TaskFields } from './TaskFields';
import { TaskView } from './TaskView';

interface Props {
  open: boolean;
  onClose: () => void;
  /** The task to change; a new one without it. */
  task?: Task;
  /** Whom a new task is about. */
  customerId?: string;
}

/** Where a task is written and changed. */
export function TaskSheet({ open, onClose, task, customerId }: Props) {
  const { t } = useTranslation();
  const mayUpdate = useCan('task:update');
  if (!open) return null;
  if (!task) return <NewTask key={customerId} customerId={customerId} onClose={onClose} />;
  if (mayUpdate) return <EditTask key={task.id} id={task.id} onClose={onClose} />;
  return (
    <Sheet open onClose={onClose} title={t('tasks:sheet.readTitle')}>
      <TaskView task={task} />
    </Sheet>
  );
}

function NewTask({ customerId, onClose }: { customerId?: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { data } = useCustomer(customerId);
  return (
    <Sheet open onClose={onClose} title={t('tasks:sheet.createTitle')}>
      {customerId && !data ? (
        <Skeleton lines={5} />
      ) : (
        <NewTaskForm customer={data ? { id: data.record.id, name: data.record.name } : null} onClose={onClose} />
      )}
    </Sheet>
  );
}

function NewTaskForm({ customer, onClose }: { customer: TaskForm['customer']; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const me = useSession().member?.id ?? '';
  const draftName = `task:new:${customer?.id ?? ''}`;
  const draft = useDraft(draftName, newTaskForm(me, customer));
  const create = useCreateTask();
  const keepUnsent = useKeepUnsent();
  const done = () => {
    draft.clear();
    onClose();
  };
  const save = () => {
    const body = toNewTask(draft.value);
    create.mutate(body, {
      onSuccess: () => {
        done();
        toast.show({ text: t('tasks:done.created'), tone: 'success' });
      },
      onError: async (error) => {
        if (error.offline && (await keepUnsent({ kind: 'task', body, title: body.title, draft: { name: draftName, value: draft.value } }))) done();
      },
    });
  };
  return (
    <TaskFormBody draft={draft} error={create.error} busy={create.isPending} submit={t('tasks:sheet.create')} onSubmit={save} onClose={onClose} />
  );
}

function EditTask({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  // Read anew on opening: what a list shows may be a minute old, and a change needs the version that it was made from.
  const { data, error, refetch, isFetching } = useTask(id);
  return (
    <Sheet open onClose={onClose} title={t('tasks:sheet.editTitle')}>
      {data && !isFetching ? (
        <EditTaskForm key={data.etag} task={data.record} etag={data.etag} onClose={onClose} onStale={() => void refetch()} />
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton lines={6} />
      )}
    </Sheet>
  );
}

function EditTaskForm({ task, etag, onClose, onStale }: { task: Task; etag: string; onClose: () => void; onStale: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const [before] = useState(() => formOf(task));
  const draft = useDraft(`task:${task.id}`, before);
  const update = useUpdateTask();
  const save = () => {
    const patch = toPatch(before, draft.value);
    if (!Object.keys(patch).length) {
      draft.clear();
      onClose();
      return;
    }
    update.mutate(
      { id: task.id, patch, etag },
      {
        onSuccess: () => {
          draft.clear();
          toast.show({ text: t('tasks:done.saved'), tone: 'success' });
          onClose();
        },
        onError: (error) => {
          if (error.status !== 412) return;
          // What was written is a draft by now and comes back over the version that is read next.
          toast.show({ text: t('tasks:sheet.changedElsewhere') });
          onStale();
        },
      },
    );
  };
  return (
    <TaskFormBody
      draft={draft}
      task={task}
      error={update.error?.status === 412 ? null : update.error}
      busy={update.isPending}
      submit={t('tasks:sheet.save')}
      onSubmit={save}
      onClose={onClose}
    />
  );
}

interface BodyProps {
  draft: Draft<TaskForm>;
  task?: Task;
  error: ApiError | null;
  busy: boolean;
  submit: string;
  onSubmit: () => void;
  onClose: () => void;
}

function TaskFormBody({ draft, task, error, busy, submit, onSubmit, onClose }: BodyProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const mayDelete = useCan('task:delete');
  const [tried, setTried] = useState(false);
  const own = tried ? problemsOf(draft.value) : {};
  const refused = Object.fromEntries((error?.errors ?? []).map(({ field }) => [field, refusal(field)]));
  const errors = { ...refused, ...Object.fromEntries(Object.entries(own).map(([field, code]) => [field, t(`tasks:errors.${code}`)])) };

  const send = () => {
    setTried(true);
    if (!Object.keys(problemsOf(draft.value)).length) onSubmit();
  };
  return (
    <Form onSubmit={send} errors={error && !error.errors.length ? [errorText(error)] : []} busy={busy}>
      {draft.restored && (
        <Banner tone="neutral" text={t('tasks:sheet.draft')} action={{ label: t('tasks:sheet.discard'), onPress: draft.clear }} />
      )}
      <TaskFields form={draft.value} onChange={draft.change} errors={errors} editing={!!task} onSubmit={send} />
      <FormActions>
        {task && mayDelete && <DeleteTask task={task} onDeleted={onClose} />}
        <Button kind="text" label={t('tasks:sheet.cancel')} onPress={onClose} />
        <Button kind="primary" label={submit} loading={busy} onPress={send} testID="action-save-task" />
      </FormActions>
    </Form>
  );

  function refusal(field: string): string {
    const known = ['customer_id', 'assignee_id', 'due_at', 'reminders', 'note'] as const;
    const name = known.find((each) => field.startsWith(each));
    return name ? t(`tasks:errors.${name}`) : errorText(error!);
  }
}
