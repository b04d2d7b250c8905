import { createContext, use } from 'react';

/** What screens need to know of the company to show days and amounts. */
export type CompanySettings = { timeZone: string; currency: string };

/** Before sign-in the device's own zone is the best guess. */
export const deviceSettings: CompanySettings = {
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'Asia/Shanghai',
  currency: 'CNY',
};

export const CompanySettingsContext = createContext(deviceSettings);

export function useCompanySettings(): CompanySettings {
  return use(CompanySettingsContext);
}
