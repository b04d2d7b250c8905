import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import type { Notification } from '@/api/notifications';
import { useFormat } from '@/i18n/format';
import { themed, useTheme } from '@/theme/theme';
import { Icon, type IconName, Press, Text } from '@/ui';

import { screenOf } from './links';

const ICONS: [RegExp, IconName][] = [
  [/^task\.due/, 'clock-alert-outline'],
  [/^task\./, 'checkbox-marked-circle-outline'],
  [/^customer\.silent/, 'progress-clock'],
  [/^customer\.lifecycle/, 'timeline-text-outline'],
  [/^customer\./, 'account-arrow-right-outline'],
  [/^import\./, 'import'],
  [/disabled$/, 'alert-outline'],
];

export function iconOf(kind: string): IconName {
  return ICONS.find(([pattern]) => pattern.test(kind))?.[1] ?? 'bell-outline';
}

/** One notification; opening it marks it as read. */
export function NotificationRow({ notification, onRead }: { notification: Notification; onRead: () => void }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const { colors } = useTheme();
  const { date } = useFormat();
  const { id, kind, title, body, link, read_at, created_at } = notification;
  const href = screenOf(link) as string | undefined;
  const unread = read_at === null;
  const open = () => {
    if (unread) onRead();
  };
  return (
    <Press href={href} role={href ? undefined : 'button'} onPress={open} style={styles.row} testID={`row-${id}`}>
      <Icon name={iconOf(kind)} color={unread ? colors.primary : colors.muted} />
      <View style={styles.text}>
        <Text strong={unread}>{title}</Text>
        {body !== '' && (
          <Text variant="caption" tone="muted" lines={3}>
            {body}
          </Text>
        )}
      </View>
      <Text variant="caption" tone="muted" tabular>
        {date(created_at, 'time')}
      </Text>
      <View style={[styles.dot, unread && styles.unread]} role={unread ? 'img' : undefined} aria-label={unread ? t('notifications:unread') : undefined} />
    </Press>
  );
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    row: {
      flexDirection: 'row',
      alignItems: 'flex-start',
      gap: space.m,
      paddingVertical: space.s,
      paddingHorizontal: space.s,
      marginHorizontal: -space.s,
      borderRadius: radius.control,
    },
    text: { flex: 1, minWidth: 0 },
    dot: { width: 8, height: 8, borderRadius: 4, marginTop: 4 },
    unread: { backgroundColor: colors.primary },
  }),
);
