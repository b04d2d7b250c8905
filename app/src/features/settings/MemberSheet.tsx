import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { type Member, type MemberPatch, useMembers, useUpdateMember } from '@/api/members';
import { useSession } from '@/api/session';
import { useFormat } from '@/i18n/format';
import { Button, Form, FormActions, SelectField, Sheet, TextField, useToast } from '@/ui';

import { RolesField } from './RolesField';
import { possibleManagers } from './tree';
import { useRefusal } from './useRefusal';

const TOP = 'top';

/** Changes a member's name, roles and place in the reporting tree. */
export function MemberSheet({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const { compareNames } = useFormat();
  const { reload, member: me } = useSession();
  const { data: members = [] } = useMembers();
  const [name, setName] = useState(member.name);
  const [roles, setRoles] = useState(member.roles);
  const [manager, setManager] = useState<string | null>(member.manager_id);
  const [tried, setTried] = useState(false);
  const update = useUpdateMember();
  const refusal = useRefusal(update.error);

  const patch: MemberPatch = {
    ...(name.trim() !== member.name && { name: name.trim() }),
    ...(roles.join() !== member.roles.join() && { roles }),
    ...(manager !== member.manager_id && { manager_id: manager }),
  };
  const save = () => {
    setTried(true);
    if (!name.trim() || !roles.length) return;
    if (!Object.keys(patch).length) return onClose();
    update.mutate(
      { id: member.id, patch },
      {
        onSuccess: () => {
          // Who changed their own roles may do other things from now on.
          if (member.id === me?.id) void reload();
          toast.show({ text: t('settings:members.saved'), tone: 'success' });
          onClose();
        },
      },
    );
  };

  const managers = possibleManagers(members, member.id).sort((a, b) => compareNames(a.name, b.name));
  return (
    <Sheet open onClose={onClose} title={t('settings:members.editTitle')}>
      <Form onSubmit={save} errors={refusal.summary} busy={update.isPending}>
        <TextField
          label={t('settings:members.name')}
          value={name}
          onChange={setName}
          error={tried && !name.trim() ? t('settings:errors.required') : refusal.field('name')}
          required
          testID="field-name"
        />
        <RolesField value={roles} onChange={setRoles} error={tried && !roles.length ? t('settings:errors.roles') : refusal.field('roles')} />
        <SelectField
          label={t('settings:members.manager')}
          hint={t('settings:members.managerHint')}
          value={manager ?? TOP}
          onChange={(next) => setManager(next === TOP ? null : next)}
          options={[{ value: TOP, label: t('settings:members.managerTop') }, ...managers.map(({ id, name: label }) => ({ value: id, label }))]}
          searchable={managers.length > 8}
          error={refusal.field('manager_id')}
          testID="field-manager"
        />
        <FormActions>
          <Button kind="text" label={t('common:cancel')} onPress={onClose} />
          <Button kind="primary" label={t('settings:members.save')} loading={update.isPending} onPress={save} testID="action-save-member" />
        </FormActions>
      </Form>
    </Sheet>
  );
}
