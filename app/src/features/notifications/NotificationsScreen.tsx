import { useLocalSearchParams } from 'expo-router';
import { useTranslation } from 'react-i18next';

import { type NotificationView, useMarkRead, useNotifications, useUnreadCount } from '@/api/notifications';
import { useFormat } from '@/i18n/format';
import { Button, Card, EmptyState, ErrorState, Screen, ScreenAction, Skeleton, Tabs, Timeline, useErrorText, useToast } from '@/ui';

import { NotificationRow } from './NotificationRow';

/** What happened that concerns one, by day; unread ones marked. */
export function NotificationsScreen() {
  const { t } = useTranslation();
  const toast = useToast();
  const errorText = useErrorText();
  const params = useLocalSearchParams<{ view?: string }>();
  const view: NotificationView = params.view === 'unread' ? 'unread' : 'all';
  const unread = useUnreadCount();
  const markRead = useMarkRead();
  const markAll = () =>
    markRead.mutate(undefined, {
      onSuccess: () => toast.show({ text: t('notifications:marked') }),
      onError: (error) => toast.show({ text: errorText(error), tone: 'danger' }),
    });
  return (
    <Screen
      title={t('notifications:title')}
      documentTitle={t('notifications:documentTitle')}
      actions={
        unread > 0 && (
          <ScreenAction
            kind="secondary"
            icon="check-all"
            label={t('notifications:markAll')}
            loading={markRead.isPending}
            onPress={markAll}
            testID="action-mark-all"
          />
        )
      }
      toolbar={
        <Tabs
          label={t('notifications:tabs.label')}
          tabs={[
            { key: 'all', label: t('notifications:tabs.all'), href: '/notifications' },
            { key: 'unread', label: t('notifications:tabs.unread'), count: unread, href: '/notifications?view=unread' },
          ]}
          value={view}
        />
      }
    >
      <Notifications view={view} onRead={(id) => markRead.mutate([id])} />
    </Screen>
  );
}

function Notifications({ view, onRead }: { view: NotificationView; onRead: (id: string) => void }) {
  const { t } = useTranslation();
  const { timeZone } = useFormat();
  const list = useNotifications(view);
  const items = list.data?.pages.flatMap((page) => page.data);
  if (!items) return list.error ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : <Skeleton lines={6} />;
  if (!items.length) {
    return (
      <EmptyState
        icon="bell-outline"
        title={t(view === 'unread' ? 'notifications:emptyUnreadTitle' : 'notifications:emptyTitle')}
        body={t(view === 'unread' ? 'notifications:emptyUnreadBody' : 'notifications:emptyBody')}
      />
    );
  }
  return (
    <Card>
      <Timeline
        items={items}
        date={(item) => item.created_at}
        keyOf={(item) => item.id}
        render={(item) => <NotificationRow notification={item} onRead={() => onRead(item.id)} />}
        timeZone={timeZone}
        scroll={false}
        footer={
          list.hasNextPage && (
            <Button label={t('notifications:loadMore')} loading={list.isFetchingNextPage} onPress={() => void list.fetchNextPage()} />
          )
        }
      />
    </Card>
  );
}
