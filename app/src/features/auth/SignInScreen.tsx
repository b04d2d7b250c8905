import { Redirect, useLocalSearchParams } from 'expo-router';
import { useState } from 'react';
import { View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useSession } from '@/api/session';
import { Banner, Button, Form, Text, TextField } from '@/ui';

import { AuthFrame } from './AuthFrame';
import { AuthLink } from './AuthLink';
import { deviceName } from './deviceName';
import { returnTo } from './returnTo';
import { useSubmission } from './useSubmission';

/** Lets somebody in by e-mail or phone, and back to where they were. */
export function SignInScreen() {
  const { t } = useTranslation();
  const { next } = useLocalSearchParams<{ next?: string }>();
  const { status, ended, signIn } = useSession();
  const [identifier, setIdentifier] = useState('');
  const [password, setPassword] = useState('');
  const { busy, locked, error, summary, submit, touch } = useSubmission();

  if (status === 'signedIn') return <Redirect href={returnTo(next)} />;

  const send = () =>
    submit(
      {
        ...(!identifier.trim() && { identifier: { key: 'validation.address' } }),
        ...(!password && { password: { key: 'validation.required' } }),
      },
      () => signIn({ identifier: identifier.trim(), password, device: deviceName() }),
    );

  return (
    <AuthFrame
      title={t('auth:signIn.title')}
      subtitle={t('auth:signIn.subtitle')}
      footer={<AuthLink question={t('auth:signIn.noAccount')} label={t('auth:signIn.toSignUp')} href="/sign-up" />}
    >
      {ended && <Banner tone="warning" text={t('auth:signIn.ended')} />}
      <Form onSubmit={() => void send()} errors={summary} busy={busy}>
        <TextField
          label={t('auth:signIn.identifier')}
          value={identifier}
          onChange={(text) => {
            setIdentifier(text);
            touch('identifier');
          }}
          error={error('identifier')}
          autoComplete="username"
          autoFocus
          required
          testID="field-identifier"
        />
        <TextField
          label={t('auth:signIn.password')}
          value={password}
          onChange={(text) => {
            setPassword(text);
            touch('password');
          }}
          error={error('password')}
          secure
          autoComplete="current-password"
          onSubmit={() => void send()}
          required
          testID="field-password"
        />
        <View>
          <Button
            label={t('auth:signIn.submit')}
            kind="primary"
            full
            loading={busy}
            disabled={!!locked}
            reason={locked}
            onPress={() => void send()}
            testID="action-sign-in"
          />
        </View>
      </Form>
      {next && next !== '/' && (
        <Text variant="caption" tone="muted">
          {t('auth:signIn.continue')}
        </Text>
      )}
    </AuthFrame>
  );
}
