import { useState } from 'react';
import { View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useEndOtherSessions, useSessions } from '@/api/sessions';
import { Button, Card, Dialog, ErrorState, Screen, Skeleton, Text, useErrorText, useToast } from '@/ui';

import { SessionRow } from './SessionRow';

/** Where the person is signed in, this device first, and the way to end it elsewhere. */
export function SessionsScreen() {
  const { t } = useTranslation();
  const { data, error, refetch } = useSessions();
  const sessions = data && [...data].sort((a, b) => Number(b.current) - Number(a.current) || b.last_used_at.localeCompare(a.last_used_at));
  const others = (data ?? []).filter((session) => !session.current).length;
  return (
    <Screen title={t('settings:sessions.title')} documentTitle={t('settings:sessions.title')}>
      <Text tone="muted">{t('settings:sessions.intro')}</Text>
      {sessions ? (
        <Card padded={false}>
          <View>
            {sessions.map((session, i) => (
              <SessionRow key={session.id} session={session} first={i === 0} />
            ))}
          </View>
        </Card>
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton lines={4} />
      )}
      {others > 0 ? <EndOthers count={others} /> : sessions && <Text tone="muted">{t('settings:sessions.onlyThis')}</Text>}
    </Screen>
  );
}

function EndOthers({ count }: { count: number }) {
  const { t } = useTranslation();
  const toast = useToast();
  const errorText = useErrorText();
  const [asking, setAsking] = useState(false);
  const end = useEndOtherSessions();
  const confirm = () =>
    end.mutate(undefined, {
      onSuccess: (ended) => toast.show({ text: t('settings:sessions.endedOthers', { count: ended }), tone: 'success' }),
      onError: (error) => toast.show({ text: errorText(error), tone: 'danger' }),
      onSettled: () => setAsking(false),
    });
  return (
    <>
      <Button label={t('settings:sessions.endOthers')} onPress={() => setAsking(true)} testID="action-end-others" />
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('settings:sessions.endOthersTitle')}
        actions={[
          { label: t('common:cancel'), kind: 'text', onPress: () => setAsking(false) },
          { label: t('settings:sessions.endOthersConfirm', { count }), kind: 'danger', onPress: confirm, loading: end.isPending },
        ]}
      >
        {t('settings:sessions.endOthersBody', { count })}
      </Dialog>
    </>
  );
}
