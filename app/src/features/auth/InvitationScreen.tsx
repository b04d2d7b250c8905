import { useLocalSearchParams } from 'expo-router';
import { useTranslation } from 'react-i18next';

import { useOpenInvitation } from '@/api/invitations';
import { EmptyState, ErrorState, Skeleton } from '@/ui';

import { AcceptForm } from './AcceptForm';
import { AuthFrame } from './AuthFrame';
import { closedInvitation } from './closedInvitation';

/** What a link of an invitation opens: who invites where, and the way in; or why the way is closed. */
export function InvitationScreen() {
  const { t } = useTranslation();
  const { token } = useLocalSearchParams<{ token: string }>();
  const { data, error, refetch } = useOpenInvitation(token);

  if (data) return <AcceptForm invitation={data} token={token} />;
  const closed = error ? closedInvitation(error) : undefined;
  return (
    <AuthFrame title={t('auth:invitation.documentTitle')}>
      {closed ? (
        <EmptyState
          icon="link-variant"
          title={t(`auth:invitation.${closed}Title`)}
          body={t(`auth:invitation.${closed}Body`)}
          action={closed === 'used' ? { label: t('auth:invitation.toSignIn'), href: '/sign-in' } : undefined}
        />
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton lines={4} />
      )}
    </AuthFrame>
  );
}
