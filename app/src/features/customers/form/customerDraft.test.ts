import { checkField, EMPTY_CUSTOMER, toNewCustomer } from './customerDraft';

describe('draft of a customer', () => {
  it('sends only what was filled in', () => {
    expect(toNewCustomer({ ...EMPTY_CUSTOMER, name: ' 云帆科技 ', phone: ' 138 0013 8000 ' }, 'CNY')).toEqual({
      name: '云帆科技',
      phone: '138 0013 8000',
      lifecycle: 'potential',
    });
  });

  it('sends amounts in minor units with their currency', () => {
    const sent = toNewCustomer({ ...EMPTY_CUSTOMER, name: 'x', revenue: '28.5万', employees: '1,200', tags: ['重点'], owner_id: 'usr_1' }, 'CNY');
    expect(sent).toMatchObject({ revenue: 28_500_000, revenue_currency: 'CNY', employees: 1200, tags: ['重点'], owner_id: 'usr_1' });
  });

  it('finds slips', () => {
    const draft = { ...EMPTY_CUSTOMER, phone: '1380013', employees: '12.5', revenue: 'much' };
    expect(checkField('name', draft, 'CNY')).toEqual({ key: 'nameMissing' });
    expect(checkField('phone', draft, 'CNY')).toEqual({ key: 'phoneShort', count: 4 });
    expect(checkField('employees', draft, 'CNY')).toEqual({ key: 'whole' });
    expect(checkField('revenue', draft, 'CNY')).toEqual({ key: 'number' });
    expect(checkField('note', draft, 'CNY')).toBeUndefined();
  });
});
