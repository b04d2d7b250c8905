import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useChangePhone } from '@/api/me';
import { Button, Form, FormActions, Sheet, TextField, useToast } from '@/ui';

import { useRefusal } from './useRefusal';

/** Changes the number to sign in by, which takes the password. */
export function PhoneSheet({ phone, onClose }: { phone: string; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const [text, setText] = useState(phone);
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const change = useChangePhone();
  const refusal = useRefusal(change.error);
  const save = () => {
    setTried(true);
    if (!password) return;
    change.mutate(
      { phone: text.trim(), current_password: password },
      {
        onSuccess: () => {
          toast.show({ text: t('settings:profile.saved'), tone: 'success' });
          onClose();
        },
      },
    );
  };
  return (
    <Sheet open onClose={onClose} title={t('settings:profile.phoneTitle')}>
      <Form onSubmit={save} errors={refusal.summary} busy={change.isPending}>
        <TextField
          label={t('settings:profile.phone')}
          hint={t('settings:profile.phoneHint')}
          value={text}
          onChange={setText}
          error={refusal.field('phone')}
          keyboard="phone"
          autoComplete="tel"
          autoFocus
          testID="field-phone"
        />
        <TextField
          label={t('settings:profile.currentPassword')}
          value={password}
          onChange={setPassword}
          error={tried && !password ? t('settings:errors.required') : refusal.field('current_password')}
          secure
          autoComplete="current-password"
          required
          testID="field-current-password"
        />
        <FormActions>
          <Button kind="text" label={t('common:cancel')} onPress={onClose} />
          <Button kind="primary" label={t('settings:profile.save')} loading={change.isPending} onPress={save} testID="action-save-phone" />
        </FormActions>
      </Form>
    </Sheet>
  );
}
