import { startTranslations } from '.';
import { compareNames, formatDate, formatMoney, formatPhone, formatRelative } from './format';

beforeAll(startTranslations);

const shanghai = { timeZone: 'Asia/Shanghai', locale: 'zh-CN' } as const;
const newYork = { timeZone: 'America/New_York', locale: 'en' } as const;
const now = new Date('2026-10-24T02:42:00Z');

describe('dates', () => {
  it.each([
    ['2026-10-24T02:42:00Z', { ...shanghai, now }, '10 月 24 日 周六'],
    ['2026-10-24T02:42:00Z', { ...newYork, now }, 'Fri 23 Oct'],
    ['2026-10-24T02:42:00Z', { ...newYork, now, style: 'dayTime' as const }, 'Fri 23 Oct 22:42'],
    ['2025-12-31T18:00:00Z', { ...shanghai, now, style: 'dayTime' as const }, '1 月 1 日 周四 02:00'],
    ['2025-12-31T15:00:00Z', { ...shanghai, now }, '2025 年 12 月 31 日 周三'],
    ['2025-12-31', { ...newYork, now }, 'Wed 31 Dec 2025'],
    ['2026-10-24', { ...newYork, now }, 'Sat 24 Oct'],
    ['2026-10-24', { ...shanghai, now, style: 'month' as const }, '2026 年 10 月'],
    ['nonsense', { ...shanghai, now }, ''],
  ])('%s', (value, options, want) => {
    expect(formatDate(value, options)).toBe(want);
  });
});

describe('relative times', () => {
  it.each([
    ['2026-10-24T02:42:20Z', '刚刚', 'just now'],
    ['2026-10-24T02:12:00Z', '30 分钟前', '30 min ago'],
    ['2026-10-23T23:42:00Z', '3 小时前', '3 hours ago'],
    ['2026-10-22T14:00:00Z', '2 天前', 'yesterday'], // the day before yesterday in Shanghai only
    ['2026-10-25T03:00:00Z', '明天', 'tomorrow'],
    ['2026-11-24T03:00:00Z', '11 月 24 日 周二', 'Mon 23 Nov'],
  ])('%s', (value, zh, en) => {
    expect(formatRelative(value, { ...shanghai, now })).toBe(zh);
    expect(formatRelative(value, { ...newYork, now })).toBe(en);
  });
});

describe('money', () => {
  it.each([
    [28_500_000, 'CNY', 'zh-CN', true, '¥28.5 万'],
    [28_500_000, 'CNY', 'en', true, '¥285K'],
    [28_500_000, 'CNY', 'en', false, '¥285,000.00'],
    [123_456, 'JPY', 'en', false, '¥123,456'],
    [9_999_999_900, 'CNY', 'zh-CN', true, '¥1 亿'],
    [99_999_900, 'USD', 'en', true, '$1M'],
    [-150_000, 'USD', 'en', true, '-$1.5K'],
    [5000, 'CNY', 'zh-CN', true, '¥50'],
    [5050, 'CNY', 'zh-CN', true, '¥50.50'],
  ] as const)('%d %s in %s', (minor, currency, locale, compact, want) => {
    expect(formatMoney(minor, currency, { locale, compact })).toBe(want);
  });
});

it('groups the digits of phones', () => {
  expect(formatPhone('+8613800138000')).toBe('138 0013 8000');
  expect(formatPhone('+861082345678')).toBe('010 82345678');
  expect(formatPhone('+12125550123')).toBe('+1 212 555 0123');
  expect(formatPhone('+4915112345678')).toBe('+4915112345678');
});

it('orders Chinese names by pinyin', () => {
  expect(['张伟', '陈晨', '李雷', '王志强'].sort((a, b) => compareNames(a, b, 'zh-CN'))).toEqual(['陈晨', '李雷', '王志强', '张伟']);
});
