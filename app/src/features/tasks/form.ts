import type { NewTask, Task, TaskPatch } from '@/api/tasks';

import { leadOf, remindersOf } from './due';

/** A task while somebody writes it. Everything is a plain value, so that it can be kept as a draft. */
export interface TaskForm {
  title: string;
  kind: Task['kind'];
  customer: { id: string; name: string } | null;
  due: string | null;
  /** Minutes before it is due at which to remind; null for never. */
  lead: number | null;
  assignee: string;
  priority: Task['priority'];
  note: string;
}

export function newTaskForm(me: string, customer: TaskForm['customer'] = null): TaskForm {
  return {
    title: '',
    kind: customer ? 'follow_up' : 'todo',
    customer,
    due: null,
    lead: 0,
    assignee: me,
    priority: 'normal',
    note: '',
  };
}

export function formOf(task: Task): TaskForm {
  return {
    title: task.title,
    kind: task.kind,
    customer: task.customer ? { id: task.customer.id, name: task.customer.name } : null,
    due: task.due_at,
    lead: task.due_at ? leadOf(task) : 0,
    assignee: task.assignee_id,
    priority: task.priority,
    note: task.note,
  };
}

export function toNewTask(form: TaskForm): NewTask {
  return {
    title: form.title.trim(),
    kind: form.kind,
    priority: form.priority,
    assignee_id: form.assignee,
    ...(form.note.trim() && { note: form.note.trim() }),
    ...(form.customer && { customer_id: form.customer.id }),
    ...(form.due && { due_at: form.due, reminders: remindersOf(form.lead) }),
  };
}

/** Only what differs from the form as it was opened, so that a colleague's change of another field stands. */
export function toPatch(before: TaskForm, form: TaskForm): TaskPatch {
  return {
    ...(form.title.trim() !== before.title && { title: form.title.trim() }),
    ...(form.note.trim() !== before.note && { note: form.note.trim() }),
    ...(form.priority !== before.priority && { priority: form.priority }),
    ...(form.assignee !== before.assignee && { assignee_id: form.assignee }),
    ...(form.customer?.id !== before.customer?.id && { customer_id: form.customer?.id ?? null }),
    // Reminders move along with the due time by themselves.
    ...(form.due !== before.due && { due_at: form.due }),
    ...(form.due && form.lead !== before.lead && { reminders: remindersOf(form.lead) }),
  };
}

const LONGEST_TITLE = 300;
const LONGEST_NOTE = 10_000;

/** What the server would refuse, by field. */
export function problemsOf(form: TaskForm): Partial<Record<keyof TaskForm, 'required' | 'too_long'>> {
  return {
    ...(!form.title.trim() && { title: 'required' as const }),
    ...([...form.title.trim()].length > LONGEST_TITLE && { title: 'too_long' as const }),
    ...([...form.note.trim()].length > LONGEST_NOTE && { note: 'too_long' as const }),
  };
}
