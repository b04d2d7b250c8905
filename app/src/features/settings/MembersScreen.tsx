import { useState } from 'react';
import { View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { type Member, useMembers } from '@/api/members';
import { useCan } from '@/api/session';
import { useFormat } from '@/i18n/format';
import { Card, CheckBox, EmptyState, ErrorState, Row, Screen, ScreenAction, Skeleton, Text, TextField } from '@/ui';

import { InviteSheet } from './InviteSheet';
import { MemberRow } from './MemberRow';
import { MemberSheet } from './MemberSheet';
import { findMembers } from './findMembers';
import { arrange } from './tree';

/** Everybody in the company, below whom they report to. */
export function MembersScreen() {
  const { t } = useTranslation();
  const { compareNames } = useFormat();
  const { data, error, refetch } = useMembers();
  const mayInvite = useCan('invitation:create');
  const [search, setSearch] = useState('');
  const [withGone, setWithGone] = useState(false);
  const [inviting, setInviting] = useState(false);
  const [editing, setEditing] = useState<Member>();

  const listed = (data ?? []).filter((member) => withGone || member.status === 'active').sort((a, b) => compareNames(a.name, b.name));
  const found = findMembers(listed, search);
  const anyGone = data?.some((member) => member.status !== 'active');
  const active = data?.filter((member) => member.status === 'active').length;

  return (
    <Screen
      title={t('settings:members.title')}
      documentTitle={t('settings:members.title')}
      actions={
        mayInvite && (
          <ScreenAction icon="account-plus-outline" label={t('settings:members.invite')} onPress={() => setInviting(true)} testID="action-invite" />
        )
      }
    >
      {data && data.length > 8 && (
        <TextField label={t('settings:members.search')} placeholder={t('settings:members.search')} hideLabel value={search} onChange={setSearch} testID="field-search" />
      )}
      {active !== undefined && (
        <Row gap="l" wrap>
          <Text tone="muted">{t('settings:members.count', { count: active })}</Text>
          {anyGone && <CheckBox label={t('settings:members.showDeactivated')} checked={withGone} onChange={setWithGone} />}
        </Row>
      )}
      {content()}
      {active === 1 && mayInvite && (
        <EmptyState
          icon="account-multiple-plus-outline"
          title={t('settings:members.alone')}
          body={t('settings:members.aloneBody')}
          action={{ label: t('settings:members.invite'), onPress: () => setInviting(true) }}
        />
      )}
      <InviteSheet open={inviting} onClose={() => setInviting(false)} />
      {editing && <MemberSheet member={editing} onClose={() => setEditing(undefined)} />}
    </Screen>
  );

  function content() {
    if (!data) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton lines={6} />;
    if (!found.length) {
      return (
        <EmptyState
          icon="magnify"
          title={t('settings:members.noMatch')}
          action={{ label: t('settings:members.clear'), onPress: () => setSearch('') }}
        />
      );
    }
    return (
      <Card padded={false}>
        <View>
          {arrange(found).map((placed, i) => (
            <MemberRow key={placed.member.id} placed={placed} first={i === 0} onEdit={() => setEditing(placed.member)} />
          ))}
        </View>
      </Card>
    );
  }
}
