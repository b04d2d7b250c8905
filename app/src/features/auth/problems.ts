import type { ApiError } from '@/api/client';

/** A text of the namespace auth with what it needs. */
export interface Word {
  key: string;
  values?: Record<string, string | number>;
}

/** What an answer to sign-up, sign-in or accepting means for the form. */
export interface Problems {
  fields: Record<string, Word>;
  /** Concerns no single field. */
  form?: Word;
  /** Seconds until another attempt is allowed. */
  wait?: number;
  /** Nobody has foreseen it; the general words for errors apply. */
  unforeseen?: boolean;
}

// Where an error that names no field belongs.
const places: Record<string, string | undefined> = {
  invalid_credentials: 'password',
  email_taken: 'email',
  phone_taken: 'phone',
};

const ofForm = ['member_deactivated', 'no_company', 'company_suspended', 'already_member'];

const byCode = ['required', 'too_short', 'too_long', 'too_common'];

/** Puts an error of the server where somebody can mend it. */
export function problemsOf(error: ApiError): Problems {
  if (error.code === 'too_many_attempts') {
    const wait = error.retryAfter ?? 60;
    return { fields: {}, form: { key: 'errors.too_many_attempts' }, wait };
  }
  const place = places[error.code];
  if (place) return { fields: { [place]: { key: `errors.${error.code}` } } };
  if (ofForm.includes(error.code)) return { fields: {}, form: { key: `errors.${error.code}` } };
  if (!error.errors.length) return { fields: {}, unforeseen: true };
  return { fields: Object.fromEntries(error.errors.map((e) => [e.field, fieldWord(e.field, e.code)])) };
}

function fieldWord(field: string, code: string): Word {
  if (byCode.includes(code)) return { key: `errors.${code}` };
  if (field === 'email' || field === 'identifier') return { key: 'errors.invalid_email' };
  if (field === 'phone') return { key: 'errors.invalid_phone' };
  if (field === 'timezone') return { key: 'errors.unknown_timezone' };
  return { key: 'errors.too_long' };
}

/** A span as people say it: seconds up to a minute and a half, then minutes, rounded up. */
export function waitWord(seconds: number): Word {
  if (seconds <= 90) return { key: 'wait.seconds', values: { count: Math.max(1, Math.ceil(seconds)) } };
  return { key: 'wait.minutes', values: { count: Math.ceil(seconds / 60) } };
}
