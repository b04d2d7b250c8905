import { useLocalSearchParams } from 'expo-router';
import { useTranslation } from 'react-i18next';

import { useHome } from '@/api/home';
import { useFormat } from '@/i18n/format';
import { ErrorState, Screen, Skeleton, Tabs, Text } from '@/ui';

import { MyHome } from './MyHome';
import { TeamHome } from './TeamHome';

/** What matters this morning: to a rep their own work, to who leads others the team first and their own work in a tab. */
export function HomeScreen() {
  const { t } = useTranslation();
  const { date } = useFormat();
  const { data, error, refetch } = useHome();
  const { view } = useLocalSearchParams<{ view?: string }>();
  const mine = view === 'mine';
  return (
    <Screen
      title={t('home:title')}
      documentTitle={t('home:documentTitle')}
      subtitle={data && <Text tone="muted">{date(data.date)}</Text>}
      toolbar={
        data?.team && (
          <Tabs
            label={t('home:tabs.label')}
            tabs={[
              { key: 'team', label: t('home:tabs.team'), href: '/' },
              { key: 'mine', label: t('home:tabs.mine'), count: data.overdue_tasks.count + data.today_tasks.count, href: '/?view=mine' },
            ]}
            value={mine ? 'mine' : 'team'}
          />
        )
      }
    >
      {!data && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton lines={8} />)}
      {data && (data.team && !mine ? <TeamHome home={data} team={data.team} /> : <MyHome home={data} />)}
    </Screen>
  );
}
