import type { Interaction, InteractionPatch, NewInteraction } from '@/api/interactions';

export const KINDS = ['call', 'wechat', 'meeting', 'visit', 'email', 'sms', 'note'] as const;
export type Kind = (typeof KINDS)[number];
export type Direction = 'out' | 'in' | 'none';

/** What is being written down about one contact. Everything is text or a plain value, so that it can be kept. */
export interface LogDraft {
  kind: Kind;
  direction: Direction;
  summary: string;
  /** null means: when it is saved. */
  occurredAt: string | null;
  minutes: string;
  contacts: string[];
  memberIds: string[];
  resolved: boolean;
  nextStep: string;
  /** Makes a task of the next step. */
  nextStepDueAt: string | null;
}

/** What a call that was just made fills in. */
export interface LogPrefill {
  kind?: Kind;
  occurredAt?: string;
  minutes?: number;
}

/** A draft to begin with: an outgoing, settled call with the customer's main contact, now. */
export function newLogDraft(contactName = '', { kind = 'call', occurredAt, minutes }: LogPrefill = {}): LogDraft {
  return {
    kind,
    direction: kind === 'note' ? 'none' : 'out',
    summary: '',
    occurredAt: occurredAt ?? null,
    minutes: minutes === undefined ? '' : String(minutes),
    contacts: contactName === '' ? [] : [contactName],
    memberIds: [],
    resolved: true,
    nextStep: '',
    nextStepDueAt: null,
  };
}

/** A note has no direction, and nothing else is without one until somebody says so. */
export function withKind(draft: LogDraft, kind: Kind): LogDraft {
  if (kind === 'note') return { ...draft, kind, direction: 'none' };
  return { ...draft, kind, direction: draft.direction === 'none' ? 'out' : draft.direction };
}

/** Whether anything was written that would be a pity to lose. */
export const isWorthKeeping = (draft: LogDraft): boolean => draft.summary.trim() !== '' || draft.nextStep.trim() !== '';

/** What the fields of a log need to know, be it new or being changed. */
export interface LogFields {
  value: LogDraft;
  change: (part: Partial<LogDraft>) => void;
  errors: Partial<Record<keyof LogDraft, string>>;
}

export type LogProblem = 'summary' | 'minutes' | 'nextStep' | 'future';

/** What has to be mended before the draft can be sent, by field. */
export function problemsOf(draft: LogDraft, now: Date): Partial<Record<keyof LogDraft, LogProblem>> {
  const problems: Partial<Record<keyof LogDraft, LogProblem>> = {};
  if (draft.summary.trim() === '') problems.summary = 'summary';
  if (draft.minutes.trim() !== '' && !(isWhole(draft.minutes) && Number(draft.minutes) <= 10_080)) problems.minutes = 'minutes';
  if (draft.nextStepDueAt !== null && draft.nextStep.trim() === '') problems.nextStep = 'nextStep';
  // A minute of grace, because clocks differ.
  if (draft.occurredAt !== null && Date.parse(draft.occurredAt) > now.getTime() + 60_000) problems.occurredAt = 'future';
  return problems;
}

const isWhole = (text: string): boolean => /^\d+$/.test(text.trim());

export function toInteraction(draft: LogDraft, customerId: string): NewInteraction {
  const nextStep = draft.nextStep.trim();
  return {
    customer_id: customerId,
    kind: draft.kind,
    direction: draft.direction,
    summary: draft.summary.trim(),
    resolved: draft.resolved,
    ...(draft.occurredAt !== null && { occurred_at: draft.occurredAt }),
    ...(draft.minutes.trim() !== '' && { minutes: Number(draft.minutes) }),
    ...(draft.contacts.length > 0 && { contacts: draft.contacts }),
    ...(draft.memberIds.length > 0 && { member_ids: draft.memberIds }),
    ...(nextStep !== '' && { next_step: nextStep }),
    ...(nextStep !== '' && draft.nextStepDueAt !== null && { next_step_due_at: draft.nextStepDueAt }),
  };
}

/** A draft of an interaction that is to be changed. */
export const draftOf = (interaction: Interaction): LogDraft => ({
  kind: interaction.kind,
  direction: interaction.direction,
  summary: interaction.summary,
  occurredAt: interaction.occurred_at,
  minutes: interaction.minutes === null ? '' : String(interaction.minutes),
  contacts: interaction.contacts,
  memberIds: interaction.member_ids,
  resolved: interaction.resolved,
  nextStep: interaction.next_step,
  nextStepDueAt: null,
});

/** The fields of an interaction that the draft changes. */
export function toPatch(draft: LogDraft, before: Interaction): InteractionPatch {
  const old = draftOf(before);
  return {
    ...(draft.kind !== old.kind && { kind: draft.kind }),
    ...(draft.direction !== old.direction && { direction: draft.direction }),
    ...(draft.summary.trim() !== old.summary && { summary: draft.summary.trim() }),
    ...(draft.occurredAt !== old.occurredAt && draft.occurredAt !== null && { occurred_at: draft.occurredAt }),
    ...(draft.minutes !== old.minutes && { minutes: draft.minutes.trim() === '' ? null : Number(draft.minutes) }),
    ...(draft.contacts.join('\n') !== old.contacts.join('\n') && { contacts: draft.contacts }),
    ...(draft.resolved !== old.resolved && { resolved: draft.resolved }),
    ...(draft.nextStep.trim() !== old.nextStep && { next_step: draft.nextStep.trim() }),
  };
}
