import { useState } from 'react';
import { View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { type Invitation, useInvitations } from '@/api/invitations';
import { useCan } from '@/api/session';
import { Card, EmptyState, ErrorState, Screen, ScreenAction, Section, Sheet, Skeleton } from '@/ui';

import { InvitationLink } from './InvitationLink';
import { InvitationRow } from './InvitationRow';
import { InviteSheet } from './InviteSheet';

/** Open invitations, then those that were closed in the last thirty days. */
export function InvitationsScreen() {
  const { t } = useTranslation();
  const { data, error, refetch } = useInvitations();
  const mayInvite = useCan('invitation:create');
  const [inviting, setInviting] = useState(false);
  const [resent, setResent] = useState<Invitation>();
  const open = data?.filter(({ status }) => status === 'pending') ?? [];
  const closed = data?.filter(({ status }) => status !== 'pending') ?? [];
  const start = () => setInviting(true);
  return (
    <Screen
      title={t('settings:invitations.title')}
      documentTitle={t('settings:invitations.title')}
      actions={mayInvite && <ScreenAction icon="account-plus-outline" label={t('settings:invitations.new')} onPress={start} testID="action-invite" />}
    >
      {!data && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton lines={5} />)}
      {data && !open.length && (
        <EmptyState
          icon="email-outline"
          title={t('settings:invitations.emptyTitle')}
          body={t('settings:invitations.emptyBody')}
          action={mayInvite ? { label: t('settings:invitations.new'), onPress: start } : undefined}
        />
      )}
      {open.length > 0 && <Invitations invitations={open} onResent={setResent} />}
      {closed.length > 0 && (
        <Section title={t('settings:invitations.closed')}>
          <Invitations invitations={closed} onResent={setResent} />
        </Section>
      )}
      <InviteSheet open={inviting} onClose={() => setInviting(false)} />
      <Sheet open={!!resent} onClose={() => setResent(undefined)} title={t('settings:invitations.linkTitle')}>
        {resent && <InvitationLink invitation={resent} onDone={() => setResent(undefined)} />}
      </Sheet>
    </Screen>
  );
}

function Invitations({ invitations, onResent }: { invitations: Invitation[]; onResent: (invitation: Invitation) => void }) {
  return (
    <Card padded={false}>
      <View>
        {invitations.map((invitation, i) => (
          <InvitationRow key={invitation.id} invitation={invitation} first={i === 0} onResent={onResent} />
        ))}
      </View>
    </Card>
  );
}
