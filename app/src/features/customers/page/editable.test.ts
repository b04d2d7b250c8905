import type { Customer } from '@/api/customers';

import { editText, GROUPS, patchOf, type EditableField } from './editable';

const customer = {
  name: '云帆科技',
  contact_name: '王志强',
  phone: '+8613800138000',
  email: null,
  website: '',
  address: '',
  industry: '软件',
  employees: 120,
  revenue: 28_500_050,
  revenue_currency: 'CNY',
  source: '展会',
  note: '',
  owner_id: 'usr_1',
  do_not_contact: false,
} as Customer;

describe('editing a field', () => {
  it('changes nothing when nothing was typed', () => {
    for (const field of Object.values(GROUPS).flat() as EditableField[]) {
      const patch = patchOf(field, editText(field, customer, 'USD'), customer, 'USD');
      const [key, value] = Object.entries(patch)[0]!;
      expect(key).toBe(field);
      expect(value ?? '').toEqual(customer[field] ?? '');
    }
  });

  it('clears with null what can be unset', () => {
    expect(patchOf('phone', ' ', customer, 'CNY')).toEqual({ phone: null });
    expect(patchOf('employees', '', customer, 'CNY')).toEqual({ employees: null });
    expect(patchOf('revenue', '', customer, 'CNY')).toEqual({ revenue: null });
    expect(patchOf('owner_id', '', customer, 'CNY')).toEqual({ owner_id: null });
    expect(patchOf('note', '  ', customer, 'CNY')).toEqual({ note: '' });
  });

  it('names slips', () => {
    expect(patchOf('name', ' ', customer, 'CNY')).toEqual({ key: 'nameMissing' });
    expect(patchOf('phone', '1380013', customer, 'CNY')).toEqual({ key: 'phoneShort', count: 4 });
    expect(patchOf('employees', '-1', customer, 'CNY')).toEqual({ key: 'whole' });
    expect(patchOf('revenue', 'x', customer, 'CNY')).toEqual({ key: 'number' });
  });

  it("keeps a customer's own currency", () => {
    expect(patchOf('revenue', '1000', { ...customer, revenue_currency: 'JPY' }, 'CNY')).toEqual({ revenue: 1000 });
    expect(patchOf('revenue', '1000', { ...customer, revenue: null, revenue_currency: null }, 'CNY')).toEqual({ revenue: 100_000 });
  });
});
