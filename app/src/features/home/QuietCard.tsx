import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { type HomeFigure, useQuietCustomers } from '@/api/home';
import { useFormat } from '@/i18n/format';
import { useToday } from '@/i18n/useNow';
import { dayOf, daysBetween } from '@/i18n/zone';
import { themed, useTheme } from '@/theme/theme';
import { Button, Card, Icon, Press, Text } from '@/ui';

import { customersOf } from './listOf';

const ROOM = 3;

/** The quiet customers as one group: how many, and those who have waited longest. */
export function QuietCard({ figure }: { figure: HomeFigure }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const { colors } = useTheme();
  const { timeZone } = useFormat();
  const today = useToday();
  const { data = [] } = useQuietCustomers(figure, ROOM);
  if (!figure.count) return null;
  return (
    <Card
      title={t('home:quiet.title', { count: figure.count })}
      action={<Button kind="text" size="small" label={t('home:quiet.all')} href={customersOf(figure)} testID="action-all-quiet" />}
      testID="panel-quiet"
    >
      <View>
        {data.map(({ id, name, quiet_since }) => (
          <Press key={id} href={`/customers/${id}`} style={styles.row} testID={`row-${id}`}>
            <Icon name="progress-clock" size={18} color={colors.warning} />
            <Text lines={1} style={styles.name}>
              {name}
            </Text>
            {quiet_since && (
              <Text variant="caption" tone="muted" tabular>
                {t('home:quiet.days', { count: daysBetween(dayOf(quiet_since, timeZone), today) })}
              </Text>
            )}
          </Press>
        ))}
      </View>
    </Card>
  );
}

const useStyles = themed(({ radius, size, space }) =>
  StyleSheet.create({
    row: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.s,
      minHeight: size.row,
      marginHorizontal: -space.s,
      paddingHorizontal: space.s,
      borderRadius: radius.control,
    },
    name: { flex: 1, minWidth: 0 },
  }),
);
