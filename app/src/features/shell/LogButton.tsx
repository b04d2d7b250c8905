import { usePathname } from 'expo-router';
import { StyleSheet } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useCan } from '@/api/session';
import { themed, useTheme } from '@/theme/theme';
import { Icon, Press, Text } from '@/ui';

import { useOpenPanel } from './panels';

// A customer's page has a button of its own, that knows the customer.
const places = ['/', '/customers', '/tasks'];

/** Logs a contact from the daily screens, within the thumb's reach. */
export function LogButton() {
  const { t } = useTranslation();
  const { colors } = useTheme();
  const styles = useStyles();
  const openPanel = useOpenPanel();
  const pathname = usePathname();
  const allowed = useCan('interaction:create');
  if (!allowed || !places.includes(pathname)) return null;
  return (
    <Press role="button" onPress={() => openPanel('log')} testID="action-log" style={styles.button} hoverStyle={styles.hover}>
      <Icon name="plus" color={colors.onPrimary} />
      <Text strong tone="onPrimary">
        {t('shell:new.log')}
      </Text>
    </Press>
  );
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    button: {
      position: 'absolute',
      right: space.l,
      bottom: space.l,
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.s,
      height: 48,
      paddingLeft: space.l,
      paddingRight: 20,
      borderRadius: radius.round,
      backgroundColor: colors.primary,
      boxShadow: `0 4px 16px ${colors.shadow}`,
    },
    hover: { filter: 'brightness(0.92)' },
  }),
);
