/** Amounts travel in minor units (分, cents) and are typed in major ones. */

export function digitsOf(currency: string): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2; // a code that Intl does not know
  }
}

export const toMajor = (minor: number, currency: string): number => minor / 10 ** digitsOf(currency);

/** What an amount looks like in a field that is being edited. */
export const editableAmount = (minor: number | null, currency: string): string =>
  minor === null ? '' : String(toMajor(minor, currency));

/**
 * Reads an amount as people type it: 1,200,000 or 120万. It returns null for an empty text and undefined for what is
 * not an amount in this currency.
 */
export function parseAmount(text: string, currency: string): number | null | undefined {
  const clean = halfWidth(text).replace(/[\s,¥￥$€]/g, '');
  if (clean === '') return null;
  const match = /^(-?\d+)(?:\.(\d+))?(万|亿|k|m)?$/i.exec(clean);
  if (!match) return undefined;
  const [, whole = '', fraction = '', unit = ''] = match;
  const scale = { 万: 4, 亿: 8, k: 3, m: 6 }[unit.toLowerCase()] ?? 0;
  const shift = scale + digitsOf(currency);
  if (fraction.length > shift) return undefined;
  const minor = Number(whole + fraction.padEnd(shift, '0'));
  return Number.isSafeInteger(minor) ? minor : undefined;
}

const halfWidth = (text: string): string => text.normalize('NFKC').trim();
