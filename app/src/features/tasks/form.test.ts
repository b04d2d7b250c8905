import { taskOf } from '@/testing/taskOf';

import { formOf, newTaskForm, problemsOf, toNewTask, toPatch } from './form';

const task = taskOf({ reminders: [{ minutes_before: 30, at: '2026-03-06T06:30:00Z', fired_at: null, snoozed: false }] });

describe('a new task', () => {
  it('sends only what was filled in', () => {
    expect(toNewTask({ ...newTaskForm('usr_1'), title: ' 打电话 ' })).toEqual({
      title: '打电话',
      kind: 'todo',
      priority: 'normal',
      assignee_id: 'usr_1',
    });
  });

  it('reminds when it is due, unless told otherwise', () => {
    const due = '2026-03-06T07:00:00.000Z';
    const form = { ...newTaskForm('usr_1', { id: 'cus_1', name: '云帆科技' }), title: 'x', due };
    expect(toNewTask(form)).toMatchObject({ kind: 'follow_up', customer_id: 'cus_1', due_at: due, reminders: [{ minutes_before: 0 }] });
    expect(toNewTask({ ...form, lead: 60 }).reminders).toEqual([{ minutes_before: 60 }]);
    expect(toNewTask({ ...form, lead: null }).reminders).toEqual([]);
  });
});

describe('a changed task', () => {
  const before = formOf(task);

  it('sends nothing when nothing was changed', () => {
    expect(toPatch(before, { ...before, title: '发送报价单 ' })).toEqual({});
  });

  it('leaves it to the server to move the reminder with the due time', () => {
    expect(before.lead).toBe(30);
    expect(toPatch(before, { ...before, due: '2026-03-07T07:00:00.000Z' })).toEqual({ due_at: '2026-03-07T07:00:00.000Z' });
    expect(toPatch(before, { ...before, lead: 60 })).toEqual({ reminders: [{ minutes_before: 60 }] });
  });

  it('takes due time, reminder and customer away', () => {
    expect(toPatch(before, { ...before, due: null, customer: null })).toEqual({ due_at: null, customer_id: null });
    expect(toPatch(before, { ...before, lead: null })).toEqual({ reminders: [] });
  });
});

describe('problems', () => {
  it('counts characters as the server does', () => {
    const form = newTaskForm('usr_1');
    expect(problemsOf(form)).toEqual({ title: 'required' });
    expect(problemsOf({ ...form, title: '字'.repeat(300) })).toEqual({});
    expect(problemsOf({ ...form, title: '字'.repeat(301), note: '𠮷'.repeat(10_000) })).toEqual({ title: 'too_long' });
  });
});
