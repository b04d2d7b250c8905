import { useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { OpenInvitation } from '@/api/invitations';
import { useSession } from '@/api/session';
import { useFormat } from '@/i18n/format';
import { Avatar, Banner, Button, Column, Form, Row, Tabs, Text, TextField } from '@/ui';

import { AuthFrame } from './AuthFrame';
import { deviceName } from './deviceName';
import { MIN_PASSWORD, strengthOf } from './password';
import { PasswordField } from './PasswordField';
import type { Word } from './problems';
import { useRoleName } from './useRoleName';
import { useSubmission } from './useSubmission';

type Mode = 'new' | 'known';

/** Makes the invited person a member: a new one chooses a password, one with an account gives theirs. */
export function AcceptForm({ invitation, token }: { invitation: OpenInvitation; token: string }) {
  const { t } = useTranslation();
  const router = useRouter();
  const { member, accept } = useSession();
  const [mode, setMode] = useState<Mode>(member ? 'known' : 'new');
  const [name, setName] = useState(invitation.name);
  const [email, setEmail] = useState(member?.email ?? '');
  const [password, setPassword] = useState('');
  const { busy, locked, error, summary, submit, touch } = useSubmission();
  const company = invitation.company_name;
  const address = invitation.email ?? invitation.phone;

  const send = async () => {
    const own = problemsOf({ mode, name, email: address ? undefined : email, password });
    const outcome = await submit(own, async () => {
      await accept({
        token,
        password,
        device: deviceName(),
        ...(mode === 'new' && { name: name.trim() }),
        ...(!address && { email: email.trim() }),
      });
      router.replace('/');
    });
    // The address turned out to have an account: its password is asked for, and the error stays to say so.
    if (typeof outcome === 'object' && outcome.code === 'invalid_credentials') setMode('known');
  };

  return (
    <AuthFrame title={t('auth:invitation.title', { company })}>
      <InvitationFacts invitation={invitation} />
      {member && <Banner tone="neutral" text={t('auth:invitation.signedInAs', { name: member.name, company })} />}
      <Tabs
        label={t('auth:invitation.modes')}
        tabs={[
          { key: 'new', label: t('auth:invitation.new') },
          { key: 'known', label: t('auth:invitation.known') },
        ]}
        value={mode}
        onChange={(key) => setMode(key as Mode)}
      />
      <Form onSubmit={() => void send()} errors={summary} busy={busy}>
        {address ? (
          <TextField label={t('auth:invitation.address')} value={address} onChange={() => {}} disabled />
        ) : (
          <TextField
            label={t('auth:invitation.email')}
            value={email}
            onChange={(text) => {
              setEmail(text);
              touch('email');
            }}
            error={error('email')}
            keyboard="email"
            autoComplete="email"
            required
            testID="field-email"
          />
        )}
        {mode === 'new' && (
          <TextField
            label={t('auth:invitation.name')}
            value={name}
            onChange={(text) => {
              setName(text);
              touch('name');
            }}
            error={error('name')}
            autoComplete="name"
            required
            testID="field-name"
          />
        )}
        {mode === 'new' ? (
          <PasswordField
            label={t('auth:invitation.newPassword')}
            value={password}
            onChange={changePassword}
            error={error('password')}
            own={[name, address ?? email, company]}
            onSubmit={() => void send()}
            testID="field-password"
          />
        ) : (
          <TextField
            label={t('auth:invitation.password')}
            value={password}
            onChange={changePassword}
            error={error('password')}
            secure
            autoComplete="current-password"
            onSubmit={() => void send()}
            required
            testID="field-password"
          />
        )}
        <Button
          label={t('auth:invitation.submit')}
          kind="primary"
          full
          loading={busy}
          disabled={!!locked}
          reason={locked}
          onPress={() => void send()}
          testID="action-accept"
        />
      </Form>
    </AuthFrame>
  );

  function changePassword(text: string) {
    setPassword(text);
    touch('password');
  }
}

function InvitationFacts({ invitation }: { invitation: OpenInvitation }) {
  const { t } = useTranslation();
  const format = useFormat();
  const roleName = useRoleName();
  return (
    <Row gap={12} align="center">
      <Avatar name={invitation.invited_by} size={40} />
      <Column gap={0}>
        <Text>{t('auth:invitation.invitedBy', { name: invitation.invited_by })}</Text>
        <Text variant="caption" tone="muted">
          {[
            t('auth:invitation.role', { roles: invitation.roles.map(roleName).join(t('auth:invitation.and')) }),
            t('auth:invitation.expires', { date: format.date(invitation.expires_at, 'day') }),
          ].join(' · ')}
        </Text>
      </Column>
    </Row>
  );
}

function problemsOf({ mode, name, email, password }: { mode: Mode; name: string; email?: string; password: string }): Record<string, Word> {
  const strength = strengthOf(password);
  const problems: Record<string, Word> = {};
  if (mode === 'new' && !name.trim()) problems.name = { key: 'validation.required' };
  if (email !== undefined && !/^\S+@\S+\.\S+$/.test(email.trim())) problems.email = { key: 'validation.email' };
  if (!password) problems.password = { key: 'validation.required' };
  else if (mode === 'new' && strength.level === 'short' && strength.missing < MIN_PASSWORD) {
    problems.password = { key: 'validation.passwordShort', values: { count: strength.missing } };
  }
  return problems;
}
