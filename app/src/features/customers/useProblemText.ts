import { useTranslation } from 'react-i18next';

import { ApiError } from '@/api/client';

/** Codes that have words of their own, whatever the field. */
const CODES = ['required', 'too_long', 'too_many', 'unknown', 'out_of_range', 'out_of_scope'] as const;

/** Words for what the server refused: for a field, and for the whole. */
export function useProblemText() {
  const { t } = useTranslation();

  const ofField = (field: string, code: string): string => {
    if (code === 'required') return field === 'name' ? t('customers:problem.nameMissing') : t('customers:problem.required');
    if (field === 'phone') return t('customers:problem.phone');
    if (field === 'email') return t('customers:problem.email');
    const known = CODES.find((name) => name === code);
    return known ? t(`customers:problem.${known}`) : t('customers:problem.invalid');
  };

  return {
    /** The words for each field that the server found fault with. */
    ofFields: (error: ApiError | null): Record<string, string> =>
      Object.fromEntries((error?.errors ?? []).map(({ field, code }) => [field.replace(/\[\d+\].*$/, ''), ofField(field, code)])),

    /** One sentence for an error that belongs to no field. */
    ofError: (error: unknown): string => {
      if (!(error instanceof ApiError)) return t('customers:error.generic');
      if (error.offline) return t('customers:error.offline');
      switch (error.status) {
        case 403:
          return t('customers:error.forbidden');
        case 404:
          return t('customers:error.gone');
        case 412:
          return t('customers:error.stale');
        default:
          return t('customers:error.generic');
      }
    },
  };
}
