import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import type { Member } from '@/api/members';
import { useSession } from '@/api/session';
import { useRoleName } from '@/features/auth/useRoleName';
import { useFormat } from '@/i18n/format';
import { themed } from '@/theme/theme';
import { Avatar, Chip, Text } from '@/ui';

import { MemberMenu } from './MemberMenu';
import type { Placed } from './tree';

interface Props {
  placed: Placed<Member>;
  first: boolean;
  onEdit: () => void;
}

// Deeper levels stay legible on a narrow phone.
const DEEPEST = 4;

/** A member, set in by how far below the top they stand. */
export function MemberRow({ placed: { member, depth, reports }, first, onEdit }: Props) {
  const { t } = useTranslation();
  const styles = useStyles();
  const { phone } = useFormat();
  const me = useSession().member?.id;
  const roleName = useRoleName();
  const gone = member.status !== 'active';
  const facts = [
    member.roles.map(roleName).join(' · '),
    reports > 0 ? t('settings:members.reports', { count: reports }) : undefined,
    member.email,
    member.phone ? phone(member.phone) : undefined,
  ];
  return (
    <View style={[styles.row, !first && styles.divided]} testID={`row-${member.id}`}>
      <View style={{ paddingLeft: Math.min(depth, DEEPEST) * 24 }}>
        <Avatar name={member.name} size={32} />
      </View>
      <View style={styles.text}>
        <View style={styles.name}>
          <Text strong lines={1} tone={gone ? 'muted' : 'text'} style={styles.shrink}>
            {member.name}
          </Text>
          {member.id === me && <Chip label={t('settings:members.you')} tone="primary" />}
          {gone && <Chip label={t('settings:members.deactivated')} />}
        </View>
        <Text variant="caption" tone="muted" lines={2}>
          {facts.filter(Boolean).join(' · ')}
        </Text>
      </View>
      <MemberMenu member={member} onEdit={onEdit} />
    </View>
  );
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    row: { flexDirection: 'row', alignItems: 'center', gap: space.m, paddingHorizontal: space.l, paddingVertical: space.s, minHeight: 56 },
    divided: { borderTopWidth: 1, borderTopColor: colors.divider },
    text: { flex: 1, minWidth: 0 },
    name: { flexDirection: 'row', alignItems: 'center', gap: space.s },
    shrink: { flexShrink: 1 },
  }),
);
