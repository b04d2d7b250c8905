import type { Interaction } from '@/api/interactions';

import { draftOf, isWorthKeeping, newLogDraft, problemsOf, toInteraction, toPatch, withKind } from './logDraft';

const now = new Date('2026-03-02T08:00:00Z');

describe('log draft', () => {
  it('begins as an outgoing, settled call with the main contact', () => {
    const draft = { ...newLogDraft('王志强'), summary: ' 价格已谈妥 ' };
    expect(toInteraction(draft, 'cus_1')).toEqual({
      customer_id: 'cus_1',
      kind: 'call',
      direction: 'out',
      summary: '价格已谈妥',
      resolved: true,
      contacts: ['王志强'],
    });
  });

  it('takes over what a call left behind', () => {
    const draft = newLogDraft('', { kind: 'call', occurredAt: '2026-03-02T07:50:00Z', minutes: 4 });
    expect(toInteraction({ ...draft, summary: 'x' }, 'cus_1')).toMatchObject({ occurred_at: '2026-03-02T07:50:00Z', minutes: 4 });
    expect(draft.contacts).toEqual([]);
  });

  it('gives notes no direction, and takes that back', () => {
    const note = withKind({ ...newLogDraft(), direction: 'in' }, 'note');
    expect(note.direction).toBe('none');
    expect(withKind(note, 'wechat').direction).toBe('out');
    expect(withKind({ ...newLogDraft(), direction: 'in' }, 'email').direction).toBe('in');
  });

  it('makes a task only of a next step with a time', () => {
    const draft = { ...newLogDraft(), summary: 'x', nextStep: '发报价' };
    expect(toInteraction(draft, 'cus_1')).not.toHaveProperty('next_step_due_at');
    expect(toInteraction({ ...draft, nextStepDueAt: '2026-03-03T01:00:00Z' }, 'cus_1')).toMatchObject({
      next_step: '发报价',
      next_step_due_at: '2026-03-03T01:00:00Z',
    });
    expect(toInteraction({ ...draft, nextStep: ' ', nextStepDueAt: '2026-03-03T01:00:00Z' }, 'cus_1')).not.toHaveProperty('next_step_due_at');
  });

  it('names what has to be mended', () => {
    expect(problemsOf(newLogDraft(), now)).toEqual({ summary: 'summary' });
    const good = { ...newLogDraft(), summary: 'x' };
    expect(problemsOf(good, now)).toEqual({});
    expect(problemsOf({ ...good, minutes: '1.5' }, now)).toEqual({ minutes: 'minutes' });
    expect(problemsOf({ ...good, minutes: '10081' }, now)).toEqual({ minutes: 'minutes' });
    expect(problemsOf({ ...good, nextStepDueAt: '2026-03-03T01:00:00Z' }, now)).toEqual({ nextStep: 'nextStep' });
    expect(problemsOf({ ...good, occurredAt: '2026-03-02T08:02:00Z' }, now)).toEqual({ occurredAt: 'future' });
  });

  it('keeps only what was written by hand', () => {
    expect(isWorthKeeping(newLogDraft('王志强', { minutes: 3 }))).toBe(false);
    expect(isWorthKeeping({ ...newLogDraft(), nextStep: '报价' })).toBe(true);
  });

  it('changes only what was changed', () => {
    const before: Interaction = {
      id: 'int_1',
      customer_id: 'cus_1',
      customer_name: '云帆',
      kind: 'call',
      direction: 'out',
      occurred_at: '2026-03-02T07:50:00Z',
      minutes: 4,
      summary: '价格',
      outcome: '',
      place: '',
      latitude: null,
      longitude: null,
      member_ids: [],
      contact_ids: [],
      contacts: ['王志强'],
      attachments: [],
      files: [],
      resolved: true,
      assignee_id: null,
      resolution: '',
      resolved_at: null,
      resolved_by: null,
      next_step: '',
      task_id: null,
      author_id: 'usr_1',
      created_at: '2026-03-02T07:55:00Z',
      updated_at: '2026-03-02T07:55:00Z',
    };
    expect(toPatch(draftOf(before), before)).toEqual({});
    expect(toPatch({ ...draftOf(before), minutes: '', summary: ' 价格已定 ', contacts: [], resolved: false }, before)).toEqual({
      minutes: null,
      summary: '价格已定',
      contacts: [],
      resolved: false,
    });
  });
});
