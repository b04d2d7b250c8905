import { Redirect } from 'expo-router';
import { useTranslation } from 'react-i18next';

import { useSession } from '@/api/session';
import { useDraft } from '@/drafts/useDraft';
import { currentLanguage } from '@/i18n';
import { Button, Form, TextField } from '@/ui';
import { useState } from 'react';

import { AuthFrame } from './AuthFrame';
import { AuthLink } from './AuthLink';
import { MIN_PASSWORD, strengthOf } from './password';
import { PasswordField } from './PasswordField';
import type { Word } from './problems';
import { RegionFields } from './RegionFields';
import { useSubmission } from './useSubmission';
import { deviceZone } from './zones';

const EMPTY = { company: '', name: '', email: '', timezone: deviceZone() };

/** Makes a company with its first admin. */
export function SignUpScreen() {
  const { t } = useTranslation();
  const { status, signUp } = useSession();
  const draft = useDraft('sign-up', EMPTY);
  const [password, setPassword] = useState('');
  const { busy, locked, error, summary, submit, touch } = useSubmission();
  const { company, name, email, timezone } = draft.value;

  if (status === 'signedIn') return <Redirect href="/" />;

  const send = () =>
    submit(problemsOf(draft.value, password), async () => {
      await signUp({
        company: { name: company.trim() },
        name: name.trim(),
        email: email.trim(),
        password,
        locale: currentLanguage(),
        timezone,
      });
      draft.clear();
    });

  const text = (field: 'company' | 'name' | 'email', at: string) => ({
    value: draft.value[field],
    onChange: (value: string) => {
      draft.change({ [field]: value });
      touch(at);
    },
    error: error(at),
    required: true,
    testID: `field-${field}`,
  });

  return (
    <AuthFrame
      title={t('auth:signUp.title')}
      subtitle={t('auth:signUp.subtitle')}
      footer={<AuthLink question={t('auth:signUp.haveAccount')} label={t('auth:signUp.toSignIn')} href="/sign-in" />}
    >
      <Form onSubmit={() => void send()} errors={summary} busy={busy}>
        <TextField label={t('auth:signUp.company')} {...text('company', 'company.name')} autoComplete="organization" autoFocus />
        <TextField label={t('auth:signUp.name')} {...text('name', 'name')} autoComplete="name" />
        <TextField
          label={t('auth:signUp.email')}
          hint={t('auth:signUp.emailHint')}
          {...text('email', 'email')}
          keyboard="email"
          autoComplete="email"
        />
        <PasswordField
          label={t('auth:signUp.password')}
          value={password}
          onChange={(value) => {
            setPassword(value);
            touch('password');
          }}
          error={error('password')}
          own={[company, name, email]}
          onSubmit={() => void send()}
          testID="field-password"
        />
        <RegionFields timezone={timezone} onChange={(zone) => draft.change({ timezone: zone })} error={error('timezone')} />
        <Button
          label={t('auth:signUp.submit')}
          kind="primary"
          full
          loading={busy}
          disabled={!!locked}
          reason={locked}
          onPress={() => void send()}
          testID="action-sign-up"
        />
      </Form>
    </AuthFrame>
  );
}

function problemsOf({ company, name, email }: typeof EMPTY, password: string): Record<string, Word> {
  const strength = strengthOf(password);
  return {
    ...(!company.trim() && { 'company.name': { key: 'validation.required' } }),
    ...(!name.trim() && { name: { key: 'validation.required' } }),
    ...(!/^\S+@\S+\.\S+$/.test(email.trim()) && { email: { key: 'validation.email' } }),
    ...(strength.level === 'short' && {
      password:
        strength.missing === MIN_PASSWORD
          ? { key: 'validation.required' }
          : { key: 'validation.passwordShort', values: { count: strength.missing } },
    }),
  };
}
