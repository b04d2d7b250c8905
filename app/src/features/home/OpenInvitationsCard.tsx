import { View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useInvitations } from '@/api/invitations';
import { useFormat } from '@/i18n/format';
import { Button, Card, Row, Text } from '@/ui';

const ROOM = 4;

/** Invitations that nobody has accepted yet. */
export function OpenInvitationsCard() {
  const { t } = useTranslation();
  const { date } = useFormat();
  const { data = [] } = useInvitations();
  const open = data.filter(({ status }) => status === 'pending');
  if (!open.length) return null;
  return (
    <Card
      title={t('home:invitations.title', { count: open.length })}
      action={<Button kind="text" size="small" label={t('home:invitations.manage')} href="/settings/invitations" />}
      testID="panel-invitations"
    >
      <View style={{ gap: 8 }}>
        {open.slice(0, ROOM).map(({ id, name, email, phone, expires_at }) => (
          <Row key={id} gap="s" justify="space-between">
            <Text lines={1} style={{ flexShrink: 1 }}>
              {name || email || phone || t('settings:invitations.anyone')}
            </Text>
            <Text variant="caption" tone="muted">
              {t('home:invitations.expires', { date: date(expires_at) })}
            </Text>
          </Row>
        ))}
      </View>
    </Card>
  );
}
