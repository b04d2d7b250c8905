import type { Task } from '@/api/tasks';

/** An open task of 云帆科技, due on 6 March 2026 at 15:00 in Shanghai. */
const task: Task = {
  id: 'tsk_1',
  title: '发送报价单',
  note: '',
  kind: 'follow_up',
  priority: 'normal',
  status: 'open',
  customer_id: 'cus_1',
  deal_id: null,
  customer: { id: 'cus_1', name: '云帆科技', contact_name: '王志强', phone: '+8613800138001', do_not_contact: false },
  assignee_id: 'usr_1',
  due_at: '2026-03-06T07:00:00Z',
  due_on: null,
  time_zone: 'Asia/Shanghai',
  reminders: [],
  checklist: [],
  rrule: null,
  series_id: null,
  completed_at: null,
  custom: {},
  created_by: 'usr_1',
  created_at: '2026-03-01T00:00:00Z',
  updated_at: '2026-03-01T00:00:00Z',
};

export const taskOf = (changes: Partial<Task> = {}): Task => ({ ...task, ...changes });
