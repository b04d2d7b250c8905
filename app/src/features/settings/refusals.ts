import type { ApiError } from '@/api/client';

// Keys of settings:errors by the code of the answer, or of one of its fields.
const BY_CODE = ['required', 'too_long', 'too_short', 'too_common', 'wrong'] as const;
const BY_FIELD = ['email', 'phone', 'roles'] as const;
const CONFLICTS = ['phone_taken', 'already_member', 'already_invited', 'reporting_cycle', 'last_admin'] as const;

export type Refusal = (typeof BY_CODE)[number] | (typeof BY_FIELD)[number] | (typeof CONFLICTS)[number] | 'seats';

export interface Refusals {
  fields: Record<string, Refusal>;
  form?: Refusal;
  /** Nobody has foreseen it; the general words for errors apply. */
  unforeseen?: boolean;
}

/** Says of an answer that refused a change of people which field it is about, and why. */
export function refusalsOf(error: ApiError): Refusals {
  if (error.code === 'quota_exceeded') return { fields: {}, form: 'seats' };
  if (error.code === 'phone_taken') return { fields: { phone: 'phone_taken' } };
  const conflict = CONFLICTS.find((code) => code === error.code);
  if (conflict) return { fields: {}, form: conflict };
  const fields: Record<string, Refusal> = {};
  for (const { field, code } of error.errors) {
    const name = field.replace(/\[.*/, '');
    const word = BY_CODE.find((each) => each === code) ?? BY_FIELD.find((each) => each === name);
    if (word) fields[name] ??= word;
  }
  return Object.keys(fields).length ? { fields } : { fields: {}, unforeseen: true };
}
