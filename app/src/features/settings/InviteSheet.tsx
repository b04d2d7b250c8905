import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { type Invitation, useInvite } from '@/api/invitations';
import { useMembers } from '@/api/members';
import { useScope, useSession } from '@/api/session';
import { useDraft } from '@/drafts/useDraft';
import { useFormat } from '@/i18n/format';
import { Button, Form, FormActions, SelectField, Sheet, TextField } from '@/ui';

import { InvitationLink } from './InvitationLink';
import { RolesField } from './RolesField';
import { reach } from './tree';
import { useRefusal } from './useRefusal';

/** Invites somebody, then shows the link, which appears only this once. */
export function InviteSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [made, setMade] = useState<Invitation>();
  const close = () => {
    setMade(undefined);
    onClose();
  };
  return (
    <Sheet open={open} onClose={close} title={t(made ? 'settings:invitations.linkTitle' : 'settings:invitations.sheetTitle')}>
      {made ? <InvitationLink invitation={made} onDone={close} /> : <InviteForm onMade={setMade} onClose={close} />}
    </Sheet>
  );
}

const EMPTY = { email: '', name: '', roles: ['rep'] };

function InviteForm({ onMade, onClose }: { onMade: (invitation: Invitation) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const { compareNames } = useFormat();
  const me = useSession().member?.id ?? '';
  const { data: members = [] } = useMembers({ choosing: true });
  const managers = reach(members, me, useScope('invitation:create')).sort((a, b) => compareNames(a.name, b.name));
  const draft = useDraft('invitation', { ...EMPTY, manager: me });
  const { email, name, roles, manager } = draft.value;
  const [tried, setTried] = useState(false);
  const invite = useInvite();
  const refusal = useRefusal(invite.error);
  const badEmail = email.trim() !== '' && !/^\S+@\S+\.\S+$/.test(email.trim());

  const send = () => {
    setTried(true);
    if (badEmail || !roles.length) return;
    invite.mutate(
      {
        roles,
        manager_id: manager,
        ...(email.trim() && { email: email.trim() }),
        ...(name.trim() && { name: name.trim() }),
      },
      {
        onSuccess: (made) => {
          draft.clear();
          onMade(made);
        },
      },
    );
  };
  return (
    <Form onSubmit={send} errors={refusal.summary} busy={invite.isPending}>
      <TextField
        label={t('settings:invitations.email')}
        hint={t('settings:invitations.emailHint')}
        value={email}
        onChange={(text) => draft.change({ email: text })}
        error={tried && badEmail ? t('settings:errors.email') : refusal.field('email')}
        keyboard="email"
        autoComplete="off"
        autoFocus
        testID="field-email"
      />
      <TextField
        label={t('settings:invitations.name')}
        value={name}
        onChange={(text) => draft.change({ name: text })}
        error={refusal.field('name')}
        autoComplete="off"
        testID="field-name"
      />
      <RolesField
        value={roles}
        onChange={(next) => draft.change({ roles: next })}
        error={tried && !roles.length ? t('settings:errors.roles') : refusal.field('roles')}
      />
      {managers.length > 1 && (
        <SelectField
          label={t('settings:invitations.manager')}
          hint={t('settings:members.managerHint')}
          value={manager}
          onChange={(next) => next && draft.change({ manager: next })}
          options={managers.map(({ id, name: label }) => ({
            value: id,
            label: id === me ? t('settings:invitations.managerMe', { name: label }) : label,
          }))}
          searchable={managers.length > 8}
          error={refusal.field('manager_id')}
          testID="field-manager"
        />
      )}
      <FormActions>
        <Button kind="text" label={t('common:cancel')} onPress={onClose} />
        <Button kind="primary" label={t('settings:invitations.send')} loading={invite.isPending} onPress={send} testID="action-send-invitation" />
      </FormActions>
    </Form>
  );
}
