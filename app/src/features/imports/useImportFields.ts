import { useTranslation } from 'react-i18next';

import { labelIn, useCustomFields } from '@/api/customFields';

import { IMPORT_FIELDS } from './mapping';

/** The fields that a column can fill: the product's, then those that the company has added. */
export function useImportFields(): { value: string; label: string; dated: boolean; unique: boolean }[] {
  const { t, i18n } = useTranslation();
  const { data: added = [] } = useCustomFields('customer');
  return [
    ...IMPORT_FIELDS.map((value) => ({ value, label: t(`imports:fields.${value}`), dated: value === 'created_at', unique: false })),
    ...added.map(({ key, label, type, unique }) => ({
      value: `custom.${key}`,
      label: labelIn(i18n.language, label),
      dated: type === 'date' || type === 'datetime',
      unique,
    })),
  ];
}
