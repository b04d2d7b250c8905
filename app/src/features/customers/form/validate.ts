/** What a field of a customer lacks, as a key of customers:problem with its count. */
export interface FieldProblem {
  key: 'nameMissing' | 'phoneShort' | 'phoneLong' | 'phone' | 'email' | 'number' | 'whole';
  count?: number;
}

export const checkName = (text: string): FieldProblem | undefined => (text.trim() === '' ? { key: 'nameMissing' } : undefined);

/**
 * Finds slips in a phone number before the server does. It says how many digits a Chinese mobile number lacks; what
 * else might be a number is left to the server, which knows the numbering plans.
 */
export function checkPhone(text: string): FieldProblem | undefined {
  const typed = text.normalize('NFKC').trim();
  if (typed === '') return undefined;
  if (/[^\d\s+().\-/#x转ext]/i.test(typed)) return { key: 'phone' };
  const digits = typed.replace(/^(\+|00)86/, '').replace(/\D/g, '');
  const abroad = /^(\+|00)(?!86)/.test(typed);
  if (!abroad && /^1[3-9]/.test(digits) && digits.length < 11) return { key: 'phoneShort', count: 11 - digits.length };
  if (!abroad && /^1[3-9]/.test(digits) && digits.length > 11 && digits.length < 14) return { key: 'phoneLong', count: digits.length - 11 };
  return digits.length < 5 ? { key: 'phone' } : undefined;
}

export function checkEmail(text: string): FieldProblem | undefined {
  const typed = text.normalize('NFKC').trim();
  return typed === '' || /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/.test(typed) ? undefined : { key: 'email' };
}

/** Reads a whole number; null for an empty text, undefined for what is none. */
export function parseWhole(text: string): number | null | undefined {
  const clean = text.normalize('NFKC').replace(/[\s,]/g, '');
  if (clean === '') return null;
  return /^\d{1,10}$/.test(clean) ? Number(clean) : undefined;
}
