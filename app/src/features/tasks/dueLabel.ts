import { useTranslation } from 'react-i18next';

import { useFormat } from '@/i18n/format';
import { dayOf, daysBetween } from '@/i18n/zone';

const NEAR = ['yesterday', 'today', 'tomorrow'] as const;

/** Says a due time as people do: the day's name nearby, the date from there, always with the hour. */
export function useDueLabel(): (due: string, now?: Date) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return (due, now = new Date()) => {
    const away = daysBetween(dayOf(now, format.timeZone), dayOf(due, format.timeZone));
    const near = NEAR[away + 1];
    return near ? `${t(`tasks:day.${near}`)} ${format.date(due, 'time')}` : format.date(due, 'dayTime');
  };
}
