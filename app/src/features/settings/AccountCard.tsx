import { useState } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useUpdateMe } from '@/api/me';
import { useSession } from '@/api/session';
import { useRoleName } from '@/features/auth/useRoleName';
import { useFormat } from '@/i18n/format';
import { themed } from '@/theme/theme';
import { Button, Card, Form, FormActions, Row, Text, TextField, useToast } from '@/ui';

import { PhoneSheet } from './PhoneSheet';
import { useRefusal } from './useRefusal';

/** Who one is here: the name can be changed, the phone with the password, the rest is for admins. */
export function AccountCard() {
  const { t } = useTranslation();
  const { member } = useSession();
  const { phone } = useFormat();
  const roleName = useRoleName();
  const [changingPhone, setChangingPhone] = useState(false);
  if (!member) return null;
  return (
    <Card title={t('settings:profile.account')}>
      <NameForm key={member.name} name={member.name} />
      <Fact label={t('settings:profile.email')} value={member.email ?? '–'} />
      <Row gap="m" justify="space-between" wrap>
        <Fact label={t('settings:profile.phone')} value={member.phone ? phone(member.phone) : t('settings:profile.noPhone')} />
        <Button
          size="small"
          label={t(member.phone ? 'settings:profile.changePhone' : 'settings:profile.addPhone')}
          onPress={() => setChangingPhone(true)}
          testID="action-change-phone"
        />
      </Row>
      <Fact label={t('settings:profile.role')} value={member.roles.map(roleName).join(' · ')} />
      {changingPhone && <PhoneSheet phone={member.phone ?? ''} onClose={() => setChangingPhone(false)} />}
    </Card>
  );
}

function NameForm({ name }: { name: string }) {
  const { t } = useTranslation();
  const toast = useToast();
  const [text, setText] = useState(name);
  const [tried, setTried] = useState(false);
  const update = useUpdateMe();
  const refusal = useRefusal(update.error);
  const changed = text.trim() !== name;
  const save = () => {
    setTried(true);
    if (!text.trim() || !changed) return;
    update.mutate({ name: text.trim() }, { onSuccess: () => toast.show({ text: t('settings:profile.saved'), tone: 'success' }) });
  };
  return (
    <Form onSubmit={save} errors={refusal.summary} busy={update.isPending}>
      <TextField
        label={t('settings:profile.name')}
        value={text}
        onChange={setText}
        error={tried && !text.trim() ? t('settings:errors.required') : refusal.field('name')}
        autoComplete="name"
        required
        testID="field-name"
      />
      {changed && (
        <FormActions>
          <Button kind="primary" label={t('settings:profile.save')} loading={update.isPending} onPress={save} testID="action-save-name" />
        </FormActions>
      )}
    </Form>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  const styles = useStyles();
  return (
    <View style={styles.fact}>
      <Text variant="label" tone="muted">
        {label}
      </Text>
      <Text selectable>{value}</Text>
    </View>
  );
}

const useStyles = themed(({ space }) => StyleSheet.create({ fact: { gap: space.xs, flexShrink: 1 } }));
