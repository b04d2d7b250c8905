import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useChangePassword } from '@/api/me';
import { useSession } from '@/api/session';
import { strengthOf } from '@/features/auth/password';
import { PasswordField } from '@/features/auth/PasswordField';
import { Button, Card, Form, FormActions, Text, TextField, useToast } from '@/ui';

import { useRefusal } from './useRefusal';

/** Changes the password; all other sign-ins end with the old one. */
export function PasswordCard() {
  const { t } = useTranslation();
  const toast = useToast();
  const { member } = useSession();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const change = useChangePassword();
  const refusal = useRefusal(change.error);
  const strength = strengthOf(password);
  const save = () => {
    setTried(true);
    if (!current || strength.level === 'short') return;
    change.mutate(
      { current_password: current, password },
      {
        onSuccess: (ended) => {
          setCurrent('');
          setPassword('');
          setTried(false);
          toast.show({ text: t('settings:profile.passwordChanged', { count: ended }), tone: 'success' });
        },
      },
    );
  };
  return (
    <Card title={t('settings:profile.password')}>
      <Text variant="caption" tone="muted">
        {t('settings:profile.passwordHint')}
      </Text>
      <Form onSubmit={save} errors={refusal.summary} busy={change.isPending}>
        <TextField
          label={t('settings:profile.currentPassword')}
          value={current}
          onChange={setCurrent}
          error={tried && !current ? t('settings:errors.required') : refusal.field('current_password')}
          secure
          autoComplete="current-password"
          required
          testID="field-current-password"
        />
        <PasswordField
          label={t('settings:profile.newPassword')}
          value={password}
          onChange={setPassword}
          error={tried && strength.level === 'short' ? t('settings:errors.too_short') : refusal.field('password')}
          own={[member?.name ?? '', member?.email ?? '']}
          testID="field-password"
        />
        <FormActions>
          <Button label={t('settings:profile.changePassword')} loading={change.isPending} onPress={save} testID="action-change-password" />
        </FormActions>
      </Form>
    </Card>
  );
}
