import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useOpenPanel } from '@/features/shell/panels';
import { useOutbox } from '@/outbox/Outbox';
import { themed, useTheme } from '@/theme/theme';
import { Button, Icon, Text, useOnline } from '@/ui';

import { useSending } from './useSending';

/** Says on every screen that something has not reached the server yet, and sends it when there is a network. */
export function WaitingBar() {
  const { t } = useTranslation();
  const { colors } = useTheme();
  const styles = useStyles();
  const online = useOnline();
  const openPanel = useOpenPanel();
  const { waiting, sending } = useOutbox();
  const sendAll = useSending();
  return (
    // The region stands before it speaks, else nobody hears it.
    <View role="status" aria-live="polite">
      {waiting.length > 0 ? (
        <View style={styles.bar} testID="waiting-bar">
          <Icon name="progress-clock" size={18} color={colors.primary} />
          <Text variant="label" lines={1}>
            {t('outbox:waiting', { count: waiting.length })}
          </Text>
          <Button kind="text" size="small" label={t('outbox:view')} onPress={() => openPanel('waiting')} testID="action-view-waiting" />
          {online && (
            <Button kind="text" size="small" label={t('outbox:sendAll')} loading={sending} onPress={() => void sendAll(waiting)} testID="action-send-all" />
          )}
        </View>
      ) : null}
    </View>
  );
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    bar: {
      flexDirection: 'row',
      alignItems: 'center',
      justifyContent: 'center',
      gap: space.s,
      minHeight: 36,
      paddingHorizontal: space.l,
      backgroundColor: colors.selected,
    },
  }),
);
