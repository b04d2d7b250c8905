import { checkEmail, checkName, checkPhone, parseWhole } from './validate';

describe('fields of a customer', () => {
  it.each([
    ['', undefined],
    ['138 0013 8000', undefined],
    ['１３８００１３８０００', undefined],
    ['+86 138-0013-8000', undefined],
    ['1380013800', { key: 'phoneShort', count: 1 }],
    ['+86 1380013', { key: 'phoneShort', count: 4 }],
    ['138001380001', { key: 'phoneLong', count: 1 }],
    ['021-5888 8888', undefined],
    ['+49 30 901820', undefined],
    ['+1 415 555 0100', undefined],
    ['0086 13800138000', undefined],
    ['电话', { key: 'phone' }],
    ['12', { key: 'phone' }],
  ])('checks the phone number %p', (text, problem) => {
    expect(checkPhone(text)).toEqual(problem);
  });

  it('checks the rest', () => {
    expect(checkName(' ')).toEqual({ key: 'nameMissing' });
    expect(checkName('云帆')).toBeUndefined();
    expect(checkEmail('wang＠yunfan.example')).toBeUndefined();
    expect(checkEmail('wang@yunfan')).toEqual({ key: 'email' });
    expect(checkEmail('')).toBeUndefined();
    expect(parseWhole('1,200')).toBe(1200);
    expect(parseWhole('１２')).toBe(12);
    expect(parseWhole('1.5')).toBeUndefined();
    expect(parseWhole('')).toBeNull();
  });
});
