import { loadPreference, savePreference } from '@/preferences/preferences';

export const CUSTOMER_TABS = ['records', 'basic', 'tasks'] as const;
export type CustomerTab = (typeof CUSTOMER_TABS)[number];

export const isCustomerTab = (text: unknown): text is CustomerTab => CUSTOMER_TABS.includes(text as CustomerTab);

/** The tab to open with: the one that was open last, at first the records. */
export function lastTab(): CustomerTab {
  const kept = loadPreference('recordTab');
  return isCustomerTab(kept) ? kept : 'records';
}

export const rememberTab = (tab: CustomerTab): void => savePreference('recordTab', tab);
