import { useTranslation } from 'react-i18next';

import { isFilterField } from './fields';
import type { FilterProblem } from './filterError';

/** Says what is wrong with a filter, and where. */
export function useFilterWords(): (problem: FilterProblem) => string {
  const { t } = useTranslation();
  return ({ key, at, name = '', known = [] }) => {
    const field = isFilterField(name) ? t(`customers:filter.fields.${name}`) : name;
    const words = t(`customers:filter.errors.${key}`, { field, name, known: known.join(t('ui:list.separator')) });
    return at === undefined ? words : t('customers:filter.errorAt', { at, words });
  };
}
