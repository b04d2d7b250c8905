import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { type Member, useSetMemberActive } from '@/api/members';
import { useCan, useSession } from '@/api/session';
import { Dialog, IconButton, Menu, Text, useToast } from '@/ui';

import { useRefusal } from './useRefusal';

/** What may be done with a member; nothing for those who may not change members. */
export function MemberMenu({ member, onEdit }: { member: Member; onEdit: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const me = useSession().member?.id;
  const mayChange = useCan('member:update');
  const [asking, setAsking] = useState(false);
  const setActive = useSetMemberActive();
  const refusal = useRefusal(setActive.error);
  if (!mayChange) return null;

  const active = member.status === 'active';
  const change = (to: boolean) =>
    setActive.mutate(
      { id: member.id, active: to },
      {
        onSuccess: () => {
          setAsking(false);
          toast.show({ text: t(to ? 'settings:members.reactivated' : 'settings:members.deactivatedToast', { name: member.name }), tone: 'success' });
        },
      },
    );
  return (
    <>
      <Menu
        label={t('settings:members.actions', { name: member.name })}
        trigger={(props) => (
          <IconButton {...props} icon="dots-vertical" label={t('settings:members.actions', { name: member.name })} testID={`action-member-${member.id}`} />
        )}
        items={[
          { key: 'edit', label: t('settings:members.edit'), icon: 'pencil-outline' as const, onPress: onEdit },
          ...(member.id === me
            ? []
            : [
                active
                  ? { key: 'deactivate', label: t('settings:members.deactivate'), icon: 'lock-outline' as const, danger: true, onPress: () => setAsking(true) }
                  : { key: 'reactivate', label: t('settings:members.reactivate'), icon: 'restore' as const, onPress: () => change(true) },
              ]),
        ]}
      />
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('settings:members.deactivateTitle', { name: member.name })}
        actions={[
          { label: t('common:cancel'), kind: 'text', onPress: () => setAsking(false) },
          { label: t('settings:members.deactivateConfirm'), kind: 'danger', onPress: () => change(false), loading: setActive.isPending },
        ]}
      >
        <Text>{t('settings:members.deactivateBody')}</Text>
        {refusal.text !== '' && <Text tone="danger">{refusal.text}</Text>}
      </Dialog>
    </>
  );
}
