import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import type { Home, HomeFigure } from '@/api/home';
import { themed } from '@/theme/theme';
import { Card, Press, Text } from '@/ui';

import { customersOf } from './listOf';

/** What one has done today; every figure opens its list. */
export function FiguresCard({ home }: { home: Home }) {
  const { t } = useTranslation();
  const styles = useStyles();
  return (
    <Card title={t('home:figures.title')} testID="panel-figures">
      <View style={styles.row}>
        <Figure label={t('home:figures.interactions')} figure={home.interactions} href="/interactions?author=me" />
        <Figure label={t('home:figures.newCustomers')} figure={home.new_customers} href={customersOf(home.new_customers)} />
        <Figure label={t('home:figures.wins')} figure={home.wins} href={customersOf(home.wins)} />
      </View>
    </Card>
  );
}

/** A number and what it counts, as a link to what it counts. */
export function Figure({ label, figure, href }: { label: string; figure: HomeFigure; href: string }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const count = figure.capped ? t('home:figures.more', { count: figure.count }) : String(figure.count);
  return (
    <Press href={href} style={styles.figure}>
      <Text variant="figure" tabular tone={figure.count ? 'text' : 'muted'}>
        {count}
      </Text>
      <Text variant="caption" tone="muted">
        {label}
      </Text>
    </Press>
  );
}

const useStyles = themed(({ radius, space }) =>
  StyleSheet.create({
    row: { flexDirection: 'row', gap: space.s, marginHorizontal: -space.s },
    figure: { flex: 1, minWidth: 0, padding: space.s, borderRadius: radius.control },
  }),
);
