import { editableAmount, parseAmount } from './money';

describe('amounts', () => {
  it.each([
    ['1200000', 'CNY', 120_000_000],
    ['1,200,000.5', 'CNY', 120_000_050],
    ['￥１２０万', 'CNY', 120_000_000],
    ['1.25万', 'CNY', 1_250_000],
    ['0.1亿', 'CNY', 1_000_000_000],
    ['-12.34', 'USD', -1234],
    ['3k', 'USD', 300_000],
    ['500', 'JPY', 500],
    ['', 'CNY', null],
    ['  ', 'CNY', null],
    ['12.345', 'CNY', undefined],
    ['0.5', 'JPY', undefined],
    ['12a', 'CNY', undefined],
    ['99999999999999999', 'CNY', undefined],
  ])('reads %p in %s', (text, currency, minor) => {
    expect(parseAmount(text, currency)).toBe(minor);
  });

  it('writes what it reads', () => {
    for (const minor of [0, 1, 99, 100, 120_000_050]) expect(parseAmount(editableAmount(minor, 'CNY'), 'CNY')).toBe(minor);
    expect(editableAmount(null, 'CNY')).toBe('');
  });
});
