import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/i18n/format';
import type { Bodies, Unsent } from '@/outbox/unsent';
import { themed, useTheme } from '@/theme/theme';
import { Button, Chip, Icon, Row, Text, type IconName } from '@/ui';

const icons: Record<Unsent['kind'], IconName> = {
  interaction: 'note-edit-outline',
  task: 'checkbox-marked-circle-outline',
  customer: 'account-plus-outline',
};

type Props = {
  unsent: Unsent;
  /** Absent where it is only shown. */
  onEdit?: () => void;
  onDrop?: () => void;
};

/** One record that waits: what it is, what was written, and why the server would not take it. */
export function WaitingRow({ unsent, onEdit, onDrop }: Props) {
  const { t } = useTranslation();
  const { colors } = useTheme();
  const styles = useStyles();
  const format = useFormat();
  const { kind, title, at, refused } = unsent;
  const text = kind === 'interaction' ? (unsent.body as Bodies['interaction']).summary : '';
  return (
    <View style={styles.row} testID={`waiting-${unsent.body.id}`}>
      <Icon name={icons[kind]} color={colors.muted} label={t(`outbox:kinds.${kind}`)} />
      <View style={styles.body}>
        <Row gap={8} justify="space-between" wrap>
          <Text strong lines={1} style={styles.title}>
            {title}
          </Text>
          <Chip tone={refused ? 'danger' : 'neutral'} icon={refused ? 'alert-circle-outline' : 'progress-clock'} label={refused ? t('outbox:refused') : t('outbox:waitingChip')} />
        </Row>
        {text !== '' && <Text lines={3}>{text}</Text>}
        <Text variant="caption" tone="muted">
          {t('outbox:writtenAt', { kind: t(`outbox:kinds.${kind}`), when: format.relative(at) })}
        </Text>
        {refused && (
          <Text variant="label" tone="danger">
            {t('outbox:refusedHint')}
          </Text>
        )}
        {(onEdit || onDrop) && (
          <Row gap={8}>
            {onEdit && <Button kind="text" size="small" label={t('outbox:edit')} onPress={onEdit} testID="action-edit-waiting" />}
            {onDrop && <Button kind="text" size="small" label={t('outbox:drop')} onPress={onDrop} testID="action-drop-waiting" />}
          </Row>
        )}
      </View>
    </View>
  );
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    row: { flexDirection: 'row', gap: space.m, padding: space.m, borderRadius: radius.card, borderWidth: 1, borderStyle: 'dashed', borderColor: colors.outline },
    body: { flex: 1, minWidth: 0, gap: space.xs },
    title: { flexShrink: 1 },
  }),
);
