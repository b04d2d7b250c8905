import type { ReactNode } from 'react';
import { FlatList, StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { formatDate, useFormat } from '@/i18n/format';
import { addDays, dayOf } from '@/i18n/zone';
import { themed } from '@/theme/theme';

import { Text } from './Text';

type Props<T> = {
  /** Newest first. */
  items: T[];
  /** When it happened, RFC 3339. */
  date: (item: T) => string;
  render: (item: T) => ReactNode;
  keyOf?: (item: T, index: number) => string;
  onEndReached?: () => void;
  timeZone: string;
  /** Above and below the items, within what scrolls. */
  header?: ReactNode;
  footer?: ReactNode;
  /** False inside a screen that scrolls itself. */
  scroll?: boolean;
};

type Day<T> = { day: string; items: T[] };

/** What happened, under the days on which it happened. */
export function Timeline<T>({ items, date, render, keyOf, onEndReached, timeZone, header, footer, scroll = true }: Props<T>) {
  const { t } = useTranslation();
  const { locale } = useFormat();
  const styles = useStyles();
  const days = byDay(items, (item) => dayOf(date(item), timeZone));
  const today = dayOf(new Date(), timeZone);
  const titleOf = (day: string) => {
    if (day === today) return t('ui:timeline.today');
    if (day === addDays(today, -1)) return t('ui:timeline.yesterday');
    return formatDate(day, { timeZone, locale });
  };
  const renderDay = ({ day, items: happened }: Day<T>) => (
    <View style={styles.day}>
      <View style={styles.head}>
        <Text variant="label" tone="muted" heading={3}>
          {titleOf(day)}
        </Text>
        <View style={styles.line} />
      </View>
      {happened.map((item, index) => (
        <View key={keyOf?.(item, index) ?? `${date(item)}-${index}`} style={styles.item}>
          {render(item)}
        </View>
      ))}
    </View>
  );

  if (!scroll) {
    return (
      <View style={styles.list}>
        {header}
        {days.map((day) => (
          <View key={day.day}>{renderDay(day)}</View>
        ))}
        {footer}
      </View>
    );
  }
  return (
    <FlatList
      data={days}
      keyExtractor={({ day }) => day}
      renderItem={({ item }) => renderDay(item)}
      onEndReached={onEndReached}
      onEndReachedThreshold={0.5}
      ListHeaderComponent={header ? <>{header}</> : null}
      ListFooterComponent={footer ? <>{footer}</> : null}
      contentContainerStyle={styles.list}
    />
  );
}

function byDay<T>(items: T[], dayOfItem: (item: T) => string): Day<T>[] {
  const days: Day<T>[] = [];
  for (const item of items) {
    const day = dayOfItem(item);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    list: { gap: space.l },
    day: { gap: space.s },
    head: { flexDirection: 'row', alignItems: 'center', gap: space.s },
    line: { flex: 1, height: 1, backgroundColor: colors.divider },
    item: { gap: space.xs },
  }),
);
