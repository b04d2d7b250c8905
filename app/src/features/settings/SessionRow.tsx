import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useSession } from '@/api/session';
import { type DeviceSession, useEndSession } from '@/api/sessions';
import { browserName } from '@/features/auth/deviceName';
import { useFormat } from '@/i18n/format';
import { themed, useTheme } from '@/theme/theme';
import { Button, Chip, Icon, Text, useErrorText, useToast } from '@/ui';

const HANDHELD = /iPhone|iPad|Android/;

/** One sign-in: on what, from where, when used last. */
export function SessionRow({ session, first }: { session: DeviceSession; first: boolean }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const { colors } = useTheme();
  const toast = useToast();
  const errorText = useErrorText();
  const { date, relative } = useFormat();
  const { me } = useSession();
  const end = useEndSession();
  const device = session.device || browserName(session.user_agent) || t('settings:sessions.unknown');
  const company = me && me.companies.length > 1 ? me.companies.find(({ id }) => id === session.company_id)?.name : undefined;
  const facts = [
    session.current ? undefined : t('settings:sessions.lastUsed', { time: relative(session.last_used_at) }),
    session.ip && t('settings:sessions.from', { ip: session.ip }),
    t('settings:sessions.since', { time: date(session.created_at, 'dayTime') }),
    company,
  ];
  const stop = () =>
    end.mutate(session.id, {
      onSuccess: () => toast.show({ text: t('settings:sessions.ended') }),
      onError: (error) => toast.show({ text: errorText(error), tone: 'danger' }),
    });
  return (
    <View style={[styles.row, !first && styles.divided]} testID={`row-${session.id}`}>
      <Icon name={HANDHELD.test(device + session.user_agent) ? 'cellphone' : 'laptop'} color={colors.muted} />
      <View style={styles.text}>
        <View style={styles.name}>
          <Text strong lines={1} style={styles.device}>
            {device}
          </Text>
          {session.current && <Chip tone="success" label={t('settings:sessions.current')} />}
        </View>
        <Text variant="caption" tone="muted">
          {facts.filter(Boolean).join(' · ')}
        </Text>
      </View>
      {!session.current && (
        <View>
          <Button size="small" label={t('settings:sessions.end')} loading={end.isPending} onPress={stop} testID={`action-end-${session.id}`} />
        </View>
      )}
    </View>
  );
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    row: { flexDirection: 'row', alignItems: 'center', gap: space.m, paddingHorizontal: space.l, paddingVertical: space.m },
    divided: { borderTopWidth: 1, borderTopColor: colors.divider },
    text: { flex: 1, minWidth: 0, gap: 2 },
    name: { flexDirection: 'row', alignItems: 'center', gap: space.s },
    device: { flexShrink: 1 },
  }),
);
