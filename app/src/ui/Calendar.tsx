import { useEffect, useRef, useState } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { formatDate, useFormat } from '@/i18n/format';
import { addDays, dayString, weekdayOf } from '@/i18n/zone';
import { themed } from '@/theme/theme';

import { IconButton } from './IconButton';
import { Press } from './Press';
import { Text } from './Text';
import { isWeb, web, type KeyPress } from './web';

type Props = { value: string | null; today: string; onTake: (day: string) => void };

/** A month of days, weeks beginning on Monday. The arrow keys move by day and week, Page Up and Down by month. */
export function Calendar({ value, today, onTake }: Props) {
  const { t } = useTranslation();
  const { locale } = useFormat();
  const styles = useStyles();
  const [cursor, setCursor] = useState(value ?? today);
  const [moved, setMoved] = useState(false);
  const grid = useRef<View>(null);
  const month = cursor.slice(0, 7);

  useEffect(() => {
    if (!isWeb || !moved) return;
    (grid.current as unknown as HTMLElement).querySelector<HTMLElement>(`[data-testid="day-${cursor}"]`)?.focus();
  }, [cursor, moved]);

  const onKeyDown = (event: KeyPress) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    const months = { PageUp: -1, PageDown: 1 }[event.key];
    if (step === undefined && months === undefined) return;
    event.preventDefault();
    setMoved(true);
    setCursor(step !== undefined ? addDays(cursor, step) : addMonths(cursor, months ?? 0));
  };
  const turn = (months: number) => {
    setMoved(false);
    setCursor(addMonths(cursor, months));
  };

  return (
    <View style={styles.calendar}>
      <View style={styles.head}>
        <IconButton size="small" icon="chevron-left" label={t('ui:date.previousMonth')} onPress={() => turn(-1)} />
        <Text strong role="status">
          {formatDate(cursor, { timeZone: 'UTC', locale, style: 'month' })}
        </Text>
        <IconButton size="small" icon="chevron-right" label={t('ui:date.nextMonth')} onPress={() => turn(1)} />
      </View>
      <View style={styles.week}>
        {t('ui:date.weekdays').split(' ').map((name) => (
          <View key={name} style={styles.cell} aria-hidden>
            <Text variant="caption" tone="muted">
              {name}
            </Text>
          </View>
        ))}
      </View>
      <View ref={grid} role="group" {...web({ onKeyDown })}>
        {weeksOf(month).map((week) => (
          <View key={week[0]} style={styles.week}>
            {week.map((day) => {
              const chosen = day === value;
              return (
                <View key={day} style={styles.cell}>
                  <Press
                    role="button"
                    aria-label={formatDate(day, { timeZone: 'UTC', locale, style: 'long' })}
                    onPress={() => onTake(day)}
                    testID={`day-${day}`}
                    {...web({
                      'aria-pressed': chosen,
                      'aria-current': day === today ? 'date' : undefined,
                      tabIndex: day === cursor ? 0 : -1,
                    })}
                    style={[styles.day, day === today && styles.today, chosen && styles.chosen]}
                    hoverStyle={chosen ? null : undefined}
                  >
                    <Text tabular tone={chosen ? 'onPrimary' : day.startsWith(month) ? 'text' : 'muted'}>
                      {Number(day.slice(8))}
                    </Text>
                  </Press>
                </View>
              );
            })}
          </View>
        ))}
      </View>
    </View>
  );
}

/** Six weeks at most, with the days of the neighbouring months that share them. */
function weeksOf(month: string): string[][] {
  const first = `${month}-01`;
  const weeks: string[][] = [];
  for (let day = addDays(first, 1 - weekdayOf(first)); day.slice(0, 7) <= month; day = addDays(day, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, index) => addDays(day, index)));
  }
  return weeks;
}

/** The same day of another month, or its last when it has no such day. */
export function addMonths(day: string, count: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const first = new Date(Date.UTC(year, month - 1 + count, 1));
  const length = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return dayString(first.getUTCFullYear(), first.getUTCMonth() + 1, Math.min(date, length));
}

const useStyles = themed(({ colors, density, radius, space }) => {
  const side = density === 'touch' ? 44 : 34;
  return StyleSheet.create({
    calendar: { padding: space.s, alignSelf: 'center', width: side * 7 + 2 * space.s, maxWidth: '100%' },
    head: { flexDirection: 'row', alignItems: 'center', justifyContent: 'space-between', paddingBottom: space.xs },
    week: { flexDirection: 'row' },
    cell: { flex: 1, height: side, alignItems: 'center', justifyContent: 'center' },
    day: { width: side - 2, height: side - 2, alignItems: 'center', justifyContent: 'center', borderRadius: radius.control, borderWidth: 1, borderColor: 'transparent' },
    today: { borderColor: colors.outline },
    chosen: { backgroundColor: colors.primary, borderColor: colors.primary },
  });
});
