import { useTranslation } from 'react-i18next';

import { ApiError } from '@/api/client';
import { useErrorText } from '@/ui';

import { refusalsOf } from './refusals';

/** Puts an error into words: at its field, or for the whole form. */
export function useRefusal(error: ApiError | null) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  if (!error) return { field: () => undefined, summary: [], text: '' };
  const { fields, form, unforeseen } = refusalsOf(error);
  const whole = form ? t(`settings:errors.${form}`, { limit: error.limit }) : unforeseen ? errorText(error) : undefined;
  return {
    field: (name: string) => (fields[name] ? t(`settings:errors.${fields[name]}`) : undefined),
    summary: whole ? [whole] : [],
    /** For a toast: the first of what is wrong. */
    text: whole ?? Object.values(fields).map((word) => t(`settings:errors.${word}`))[0] ?? '',
  };
}
