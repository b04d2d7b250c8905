import i18next from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { useCompanySettings } from '@/api/company';

import { isLanguage, type Language } from './languages';
import { dayOf, daysBetween, wallOf } from './zone';

/** day: 10 月 24 日 周六, with the year only when another. long always has the year. time is the hour alone. */
export type DateStyle = 'day' | 'dayTime' | 'long' | 'longTime' | 'time' | 'month';

type DateOptions = { timeZone: string; locale: Language; style?: DateStyle; now?: Date };

/** Formats an instant, or a day given as YYYY-MM-DD, by the calendar of a time zone. */
export function formatDate(value: string | Date, { timeZone, locale, style = 'day', now = new Date() }: DateOptions): string {
  const dayOnly = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
  const date = typeof value === 'string' ? new Date(value) : value;
  if (Number.isNaN(date.getTime())) return '';
  // A plain day belongs to no zone: read at UTC, it stays the day that was written.
  const zone = dayOnly ? 'UTC' : timeZone;
  const { year, month, day, hour, minute } = wallOf(date, zone);
  const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  if (style === 'time') return time;
  if (style === 'month') {
    return locale === 'zh-CN' ? `${year} 年 ${month} 月` : `${monthName(date, zone)} ${year}`;
  }
  const withYear = style === 'long' || style === 'longTime' || year !== wallOf(now, zone).year;
  const weekday = dateFormat(locale === 'zh-CN' ? 'zh-CN' : 'en-GB', 'weekday', zone).format(date);
  const text =
    locale === 'zh-CN'
      ? `${withYear ? `${year} 年 ` : ''}${month} 月 ${day} 日 ${weekday}`
      : `${weekday} ${day} ${monthName(date, zone)}${withYear ? ` ${year}` : ''}`;
  return style === 'dayTime' || style === 'longTime' ? `${text} ${time}` : text;
}

function monthName(date: Date, timeZone: string): string {
  return dateFormat('en-US', 'month', timeZone).format(date);
}

const dateFormats = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter takes longer than drawing the row that it is for, so each is made once. */
function dateFormat(locale: string, part: 'weekday' | 'month', timeZone: string): Intl.DateTimeFormat {
  const key = `${locale} ${part} ${timeZone}`;
  const format = dateFormats.get(key) ?? new Intl.DateTimeFormat(locale, { [part]: 'short', timeZone });
  dateFormats.set(key, format);
  return format;
}

type TimeKey = 'now' | 'minutesAgo' | 'hoursAgo' | 'daysAgo' | 'inMinutes' | 'inHours' | 'inDays' | 'yesterday' | 'tomorrow';

/**
 * Says how far off an instant is: minutes and hours of the same day, then yesterday and tomorrow, days up to a week, and
 * from there the date. Hermes has no Intl.RelativeTimeFormat, so the words are our own.
 */
export function formatRelative(value: string | Date, { timeZone, locale, now = new Date() }: Omit<DateOptions, 'style'>): string {
  const date = typeof value === 'string' ? new Date(value) : value;
  if (Number.isNaN(date.getTime())) return '';
  const say = (key: TimeKey, count?: number) => i18next.t(`common:time.${key}`, { lng: locale, count });
  const minutes = Math.round((date.getTime() - now.getTime()) / 60_000);
  const days = daysBetween(dayOf(now, timeZone), dayOf(date, timeZone));
  if (Math.abs(minutes) < 1) return say('now');
  if (Math.abs(minutes) < 60) {
    return minutes < 0 ? say('minutesAgo', -minutes) : say('inMinutes', minutes);
  }
  if (days === 0) {
    const hours = Math.round(Math.abs(minutes) / 60);
    return minutes < 0 ? say('hoursAgo', hours) : say('inHours', hours);
  }
  if (days === -1) return say('yesterday');
  if (days === 1) return say('tomorrow');
  if (days < 0 && days >= -7) return say('daysAgo', -days);
  if (days > 0 && days <= 7) return say('inDays', days);
  return formatDate(date, { timeZone, locale, now });
}

/** Digits after the point of a currency's amounts, by which minor units are divided. */
function digitsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** Formats minor units (分, cents). compact is for cards: ¥28.5 万 or ¥285K. */
export function formatMoney(minor: number, currency: string, { locale, compact = false }: { locale: Language; compact?: boolean }): string {
  const digits = digitsOf(currency);
  const amount = minor / 10 ** digits;
  if (!compact || Math.abs(amount) < (locale === 'zh-CN' ? 10_000 : 1000)) {
    const whole = Number.isInteger(amount);
    return new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: compact && whole ? 0 : digits,
      maximumFractionDigits: compact && whole ? 0 : digits,
    }).format(amount);
  }
  const [divisor, unit] = compactUnit(Math.abs(amount), locale);
  const number = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: 0,
    maximumFractionDigits: 1,
  }).format(amount / divisor);
  return number + unit;
}

function compactUnit(amount: number, locale: Language): [number, string] {
  // Just under a unit would round up to 10,000 of the one below, so the step comes a little earlier.
  if (locale === 'zh-CN') return amount >= 99_999_500 ? [100_000_000, ' 亿'] : [10_000, ' 万'];
  if (amount >= 999_950_000) return [1_000_000_000, 'B'];
  return amount >= 999_950 ? [1_000_000, 'M'] : [1000, 'K'];
}

export function formatNumber(value: number, { locale, digits = 0 }: { locale: Language; digits?: number }): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
}

/** 0.125 is 12.5 %. */
export function formatPercent(ratio: number, { locale, digits = 0 }: { locale: Language; digits?: number }): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(ratio);
}

/** Groups the digits of an E.164 number as they are read out. Numbers of other countries keep their form. */
export function formatPhone(e164: string): string {
  const mobile = /^\+86(1\d{2})(\d{4})(\d{4})$/.exec(e164);
  if (mobile) return mobile.slice(1).join(' ');
  const america = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164);
  if (america) return `+1 ${america.slice(1).join(' ')}`;
  const landline = /^\+86(10|2\d|[3-9]\d{2})(\d{7,8})$/.exec(e164);
  if (landline) return `0${landline[1]} ${landline[2]}`;
  return e164;
}

const collators: Record<Language, Intl.Collator> = {
  'zh-CN': new Intl.Collator('zh-Hans-CN', { numeric: true, sensitivity: 'base' }),
  en: new Intl.Collator('en', { numeric: true, sensitivity: 'base' }),
};

/** Orders names: by pinyin in Chinese, by letters else. */
export function compareNames(a: string, b: string, locale: Language): number {
  return collators[locale].compare(a, b);
}

/** The formats in the person's language, by the company's time zone and currency. */
export function useFormat() {
  const { i18n } = useTranslation();
  const { timeZone, currency } = useCompanySettings();
  const locale: Language = isLanguage(i18n.language) ? i18n.language : 'en';
  return useMemo(
    () => ({
      locale,
      timeZone,
      date: (value: string | Date, style?: DateStyle) => formatDate(value, { timeZone, locale, style }),
      relative: (value: string | Date) => formatRelative(value, { timeZone, locale }),
      money: (minor: number, of = currency, options?: { compact?: boolean }) => formatMoney(minor, of, { locale, ...options }),
      number: (value: number, digits?: number) => formatNumber(value, { locale, digits }),
      percent: (ratio: number, digits?: number) => formatPercent(ratio, { locale, digits }),
      phone: formatPhone,
      compareNames: (a: string, b: string) => compareNames(a, b, locale),
    }),
    [locale, timeZone, currency],
  );
}
