import { onlineManager } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/i18n/format';
import { themed, useTheme } from '@/theme/theme';

import { Icon } from './Icon';
import { Text } from './Text';

export function useOnline(): boolean {
  return useSyncExternalStore(
    (changed) => onlineManager.subscribe(changed),
    () => onlineManager.isOnline(),
    () => true,
  );
}

/** Says that what is shown may be old, and since when. */
export function OfflineBar() {
  const { t } = useTranslation();
  const { date } = useFormat();
  const { colors } = useTheme();
  const styles = useStyles();
  const online = useOnline();
  const [lost, setLost] = useState<Date>();
  if (!online && !lost) setLost(new Date());
  if (online && lost) setLost(undefined);

  return (
    // The region stands before it speaks, else nobody hears it.
    <View role="status" aria-live="polite">
      {online ? null : (
        <View style={styles.bar} testID="offline-bar">
          <Icon name="cloud-off-outline" size={18} color={colors.warning} />
          <Text variant="label">{lost ? t('ui:offline.barSince', { time: date(lost, 'time') }) : t('ui:offline.bar')}</Text>
        </View>
      )}
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
      paddingVertical: space.xs,
      paddingHorizontal: space.l,
      backgroundColor: colors.warningSoft,
    },
  }),
);
