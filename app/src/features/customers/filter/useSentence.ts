import { useTranslation } from 'react-i18next';

import { useCompanySettings } from '@/api/company';
import { useMemberNames } from '@/api/members';
import { useFormat } from '@/i18n/format';

import { toMajor } from '../money';
import { FILTER_FIELDS, isRaw, type Clause, type Condition } from './fields';

/** Says a clause as a sentence: "Owner is me". */
export function useSentence(): (clause: Clause) => string {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { currency } = useCompanySettings();
  const nameOf = useMemberNames();

  const valueOf = ({ field }: Condition, value: string): string => {
    switch (FILTER_FIELDS[field]) {
      case 'stage':
        return t(`common:stage.${value as 'potential'}`);
      case 'member':
        return value === 'me' ? t('customers:filter.me') : nameOf(value) || value;
      case 'text':
        return t('customers:filter.quote', { text: value });
      case 'number':
        return format.number(Number(value), 2);
      case 'money':
        return format.money(Number(value), currency, { compact: Number.isInteger(toMajor(Number(value), currency)) });
      case 'past':
      case 'due':
        return isSpan(value) ? spanOf(value) : format.date(value, 'long');
      default:
        return value;
    }
  };

  const spanOf = (span: string): string => {
    const unit = span.slice(-1) as 'm' | 'h' | 'd' | 'w';
    return t(`customers:filter.span.${unit}`, { count: Number(span.slice(0, -1)) });
  };

  return (clause) => {
    if (isRaw(clause)) return t('customers:filter.advanced', { text: clause.raw });
    const field = t(`customers:filter.fields.${clause.field}`);
    const values = clause.values.map((value) => valueOf(clause, value));
    const value = i18n.language === 'en' ? values.join(` ${t('customers:filter.or')} `) : values.join('、');
    return t(`customers:filter.sentences.${clause.operator}`, { field, value: equates(clause) ? spaced(value, i18n.language) : value });
  };
}

/** Where the value follows the verb at once. */
const equates = ({ operator }: Condition): boolean => operator === 'any' || operator === 'none';

const isSpan = (value: string): boolean => /^\d+[mhdw]$/.test(value);

/** Chinese sets Latin letters and digits off with a space. */
const spaced = (value: string, language: string): string => (language !== 'en' && /^[\w@]/.test(value) ? ` ${value}` : value);
