import { useState } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { type Invitation, useResendInvitation, useRevokeInvitation } from '@/api/invitations';
import { useMemberNames } from '@/api/members';
import { useCan } from '@/api/session';
import { useRoleName } from '@/features/auth/useRoleName';
import { useFormat } from '@/i18n/format';
import { themed } from '@/theme/theme';
import { Chip, Dialog, IconButton, Text, useToast } from '@/ui';

import { useRefusal } from './useRefusal';

interface Props {
  invitation: Invitation;
  first: boolean;
  /** Gets the invitation with its fresh link. */
  onResent: (invitation: Invitation) => void;
}

const TONES = { pending: 'primary', accepted: 'success', revoked: 'neutral', expired: 'warning' } as const;

/** One invitation: for whom, as what, by whom, and how it stands. */
export function InvitationRow({ invitation, first, onResent }: Props) {
  const { t } = useTranslation();
  const styles = useStyles();
  const { date, phone } = useFormat();
  const nameOf = useMemberNames();
  const roleName = useRoleName();
  const { status } = invitation;
  const who = invitation.name || invitation.email || (invitation.phone && phone(invitation.phone)) || t('settings:invitations.anyone');
  const facts = [
    invitation.name ? invitation.email : undefined,
    t('settings:invitations.roles', { roles: invitation.roles.map(roleName).join(' · ') }),
    nameOf(invitation.invited_by) && t('settings:invitations.invitedBy', { name: nameOf(invitation.invited_by) }),
    status === 'pending' && t('settings:invitations.expires', { date: date(invitation.expires_at) }),
  ];
  return (
    <View style={[styles.row, !first && styles.divided]} testID={`row-${invitation.id}`}>
      <View style={styles.text}>
        <View style={styles.name}>
          <Text strong lines={1} style={styles.shrink}>
            {who}
          </Text>
          <Chip label={t(`settings:invitations.status.${status}`)} tone={TONES[status]} />
        </View>
        <Text variant="caption" tone="muted" lines={2}>
          {facts.filter(Boolean).join(' · ')}
        </Text>
      </View>
      {status === 'pending' && <OpenActions invitation={invitation} who={who} onResent={onResent} />}
    </View>
  );
}

function OpenActions({ invitation, who, onResent }: { invitation: Invitation; who: string; onResent: Props['onResent'] }) {
  const { t } = useTranslation();
  const toast = useToast();
  const mayResend = useCan('invitation:create');
  const mayRevoke = useCan('invitation:delete');
  const [asking, setAsking] = useState(false);
  const resend = useResendInvitation();
  const revoke = useRevokeInvitation();
  const refusal = useRefusal(resend.error ?? revoke.error);
  return (
    <>
      {mayResend && (
        <IconButton
          icon="send-outline"
          label={t('settings:invitations.resendOf', { name: who })}
          disabled={resend.isPending}
          onPress={() =>
            resend.mutate(invitation.id, {
              onSuccess: (fresh) => {
                toast.show({ text: t('settings:invitations.resent') });
                onResent(fresh);
              },
            })
          }
          testID={`action-resend-${invitation.id}`}
        />
      )}
      {mayRevoke && (
        <IconButton
          icon="close-circle-outline"
          label={t('settings:invitations.revokeOf', { name: who })}
          onPress={() => setAsking(true)}
          testID={`action-revoke-${invitation.id}`}
        />
      )}
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('settings:invitations.revokeTitle')}
        actions={[
          { label: t('common:cancel'), kind: 'text', onPress: () => setAsking(false) },
          {
            label: t('settings:invitations.revokeConfirm'),
            kind: 'danger',
            loading: revoke.isPending,
            onPress: () =>
              revoke.mutate(invitation.id, {
                onSuccess: () => {
                  setAsking(false);
                  toast.show({ text: t('settings:invitations.revoked') });
                },
              }),
          },
        ]}
      >
        <Text>{t('settings:invitations.revokeBody', { name: who })}</Text>
        {refusal.text !== '' && <Text tone="danger">{refusal.text}</Text>}
      </Dialog>
    </>
  );
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    row: { flexDirection: 'row', alignItems: 'center', gap: space.s, paddingLeft: space.l, paddingRight: space.s, paddingVertical: space.s, minHeight: 56 },
    divided: { borderTopWidth: 1, borderTopColor: colors.divider },
    text: { flex: 1, minWidth: 0 },
    name: { flexDirection: 'row', alignItems: 'center', gap: space.s },
    shrink: { flexShrink: 1 },
  }),
);
