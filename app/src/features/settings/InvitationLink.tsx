import { Platform } from 'react-native';
import { useTranslation } from 'react-i18next';

import type { Invitation } from '@/api/invitations';
import { Button, Column, copyText, FormActions, Text, TextField, useToast } from '@/ui';


/** A fresh link, to be passed on. */
export function InvitationLink({ invitation, onDone }: { invitation: Invitation; onDone: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const link = invitation.link ?? '';
  const copy = async () => {
    const copied = await copyText(link);
    if (copied) toast.show({ text: t('settings:invitations.copied'), tone: 'success' });
    else if (Platform.OS === 'web') toast.show({ text: t('settings:invitations.copyFailed') });
  };
  return (
    <Column gap="l">
      <Text>{t('settings:invitations.linkBody')}</Text>
      {invitation.email && <Text tone="muted">{t('settings:invitations.linkMailed', { email: invitation.email })}</Text>}
      <TextField label={t('settings:invitations.linkTitle')} hideLabel value={link} onChange={() => {}} testID="field-link" />
      <FormActions>
        <Button label={t('settings:invitations.done')} onPress={onDone} testID="action-done" />
        <Button kind="primary" icon="content-copy" label={t('settings:invitations.copy')} onPress={() => void copy()} testID="action-copy-link" />
      </FormActions>
    </Column>
  );
}
