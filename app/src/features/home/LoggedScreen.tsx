import { useLocalSearchParams } from 'expo-router';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useLoggedInteractions } from '@/api/home';
import type { Interaction } from '@/api/interactions';
import { useMemberNames } from '@/api/members';
import { useFormat } from '@/i18n/format';
import { useToday } from '@/i18n/useNow';
import { themed, useTheme } from '@/theme/theme';
import { Button, Card, EmptyState, ErrorState, Icon, type IconName, Press, Screen, Skeleton, Text } from '@/ui';

const ICONS: Record<Interaction['kind'], IconName> = {
  call: 'phone-outline',
  email: 'email-outline',
  wechat: 'wechat',
  meeting: 'account-group-outline',
  visit: 'map-marker-outline',
  sms: 'message-text-outline',
  note: 'note-text-outline',
};

/** What somebody has logged today: the list behind that figure of home. */
export function LoggedScreen() {
  const { t } = useTranslation();
  const { author = 'me' } = useLocalSearchParams<{ author?: string }>();
  const nameOf = useMemberNames();
  const list = useLoggedInteractions(author, useToday());
  const items = list.data?.pages.flatMap((page) => page.data);
  return (
    <Screen title={author === 'me' ? t('home:logged.mine') : t('home:logged.of', { name: nameOf(author) })} documentTitle={t('home:logged.documentTitle')}>
      {!items && (list.error ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : <Skeleton lines={6} />)}
      {items?.length === 0 && <EmptyState icon="note-text-outline" title={t('home:logged.empty')} body={t('home:logged.emptyBody')} />}
      {items && items.length > 0 && (
        <Card padded={false}>
          <View>
            {items.map((interaction, i) => (
              <LoggedRow key={interaction.id} interaction={interaction} first={i === 0} />
            ))}
          </View>
        </Card>
      )}
      {list.hasNextPage && (
        <Button label={t('tasks:more')} loading={list.isFetchingNextPage} onPress={() => void list.fetchNextPage()} />
      )}
    </Screen>
  );
}

function LoggedRow({ interaction, first }: { interaction: Interaction; first: boolean }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const { colors } = useTheme();
  const { date } = useFormat();
  return (
    <Press href={`/customers/${interaction.customer_id}`} style={[styles.row, !first && styles.divided]} testID={`row-${interaction.id}`}>
      <Icon name={ICONS[interaction.kind]} color={colors.muted} label={t(`home:kind.${interaction.kind}`)} />
      <View style={styles.text}>
        <Text strong lines={1}>
          {interaction.customer_name}
        </Text>
        <Text lines={3}>{interaction.summary}</Text>
      </View>
      <Text variant="caption" tone="muted" tabular>
        {date(interaction.occurred_at, 'time')}
      </Text>
    </Press>
  );
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    row: { flexDirection: 'row', alignItems: 'flex-start', gap: space.m, paddingHorizontal: space.l, paddingVertical: space.m },
    divided: { borderTopWidth: 1, borderTopColor: colors.divider },
    text: { flex: 1, minWidth: 0 },
  }),
);
