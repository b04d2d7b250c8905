import type { Customer, CustomerPatch } from '@/api/customers';

import { checkEmail, checkName, checkPhone, parseWhole, type FieldProblem } from '../form/validate';
import { editableAmount, parseAmount } from '../money';

/** The fields that are changed one by one on a customer's page, in the groups in which they stand. */
export const GROUPS = {
  contact: ['name', 'contact_name', 'phone', 'email', 'website', 'address', 'district', 'city', 'region', 'postal_code', 'country', 'do_not_contact'],
  company: ['industry', 'employees', 'revenue'],
  sales: ['owner_id', 'source'],
  notes: ['note'],
} as const;

export type EditableField = (typeof GROUPS)[keyof typeof GROUPS][number];

/** The currency in which a customer's revenue is kept, else the company's. */
export const currencyOf = (customer: Customer, company: string): string => customer.revenue_currency ?? company;

/** What stands in the field when somebody begins to change it. */
export function editText(field: EditableField, customer: Customer, company: string): string {
  switch (field) {
    case 'revenue':
      return editableAmount(customer.revenue, currencyOf(customer, company));
    case 'do_not_contact':
      return String(customer.do_not_contact);
    default:
      return String(customer[field] ?? '');
  }
}

/** The change that a text means, or the slip in it. Empty texts clear a field. */
export function patchOf(field: EditableField, text: string, customer: Customer, company: string): CustomerPatch | FieldProblem {
  const trimmed = text.trim();
  switch (field) {
    case 'name':
      return checkName(text) ?? { name: trimmed };
    case 'phone':
      return checkPhone(text) ?? { phone: trimmed || null };
    case 'email':
      return checkEmail(text) ?? { email: trimmed || null };
    case 'employees': {
      const employees = parseWhole(text);
      return employees === undefined ? { key: 'whole' } : { employees };
    }
    case 'revenue': {
      const revenue = parseAmount(text, currencyOf(customer, company));
      return revenue === undefined ? { key: 'number' } : { revenue };
    }
    case 'do_not_contact':
      return { do_not_contact: text === 'true' };
    case 'owner_id':
      return { owner_id: text || null };
    case 'country':
      return { country: trimmed.toUpperCase() };
    default:
      return { [field]: trimmed };
  }
}

export const isProblem = (result: CustomerPatch | FieldProblem): result is FieldProblem => 'key' in result;
