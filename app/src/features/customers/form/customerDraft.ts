import type { NewCustomer } from '@/api/customers';

import { parseAmount } from '../money';
import { checkEmail, checkName, checkPhone, parseWhole, type FieldProblem } from './validate';

/** A new customer while somebody types it: texts as they stand in the fields. */
export interface CustomerDraft {
  name: string;
  contact_name: string;
  phone: string;
  email: string;
  lifecycle: 'potential' | 'interested' | 'won' | 'lost';
  source: string;
  industry: string;
  owner_id: string | null;
  tags: string[];
  website: string;
  address: string;
  employees: string;
  revenue: string;
  note: string;
}

export const EMPTY_CUSTOMER: CustomerDraft = {
  name: '',
  contact_name: '',
  phone: '',
  email: '',
  lifecycle: 'potential',
  source: '',
  industry: '',
  owner_id: null,
  tags: [],
  website: '',
  address: '',
  employees: '',
  revenue: '',
  note: '',
};

export type DraftField = keyof CustomerDraft;

/** The slip in one field, if there is one. */
export function checkField(field: DraftField, draft: CustomerDraft, currency: string): FieldProblem | undefined {
  switch (field) {
    case 'name':
      return checkName(draft.name);
    case 'phone':
      return checkPhone(draft.phone);
    case 'email':
      return checkEmail(draft.email);
    case 'employees':
      return parseWhole(draft.employees) === undefined ? { key: 'whole' } : undefined;
    case 'revenue':
      return parseAmount(draft.revenue, currency) === undefined ? { key: 'number' } : undefined;
    default:
      return undefined;
  }
}

const TEXTS = ['contact_name', 'phone', 'email', 'source', 'industry', 'website', 'address', 'note'] as const;

/** What is sent: only what was filled in. */
export function toNewCustomer(draft: CustomerDraft, currency: string): NewCustomer {
  const texts = Object.fromEntries(TEXTS.map((field) => [field, draft[field].trim()]).filter(([, text]) => text !== ''));
  const employees = parseWhole(draft.employees);
  const revenue = parseAmount(draft.revenue, currency);
  return {
    name: draft.name.trim(),
    ...texts,
    lifecycle: draft.lifecycle,
    ...(draft.owner_id !== null && { owner_id: draft.owner_id }),
    ...(draft.tags.length > 0 && { tags: draft.tags }),
    ...(employees != null && { employees }),
    ...(revenue != null && { revenue, revenue_currency: currency }),
  };
}
