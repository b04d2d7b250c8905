import type { ReactNode } from 'react';
import { KeyboardAvoidingView, ScrollView, StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';
import { useSafeAreaInsets } from 'react-native-safe-area-context';

import { themed, useMotionReduced } from '@/theme/theme';
import { duration } from '@/theme/tokens';

import { IconButton } from './IconButton';
import { Overlay } from './Overlay';
import { Text } from './Text';
import { isWeb } from './web';
import { useWidth } from './useWidth';

type Props = {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** Stays in sight below what scrolls. */
  footer?: ReactNode;
  /** Of the panel on wide windows. */
  width?: number;
  testID?: string;
};

/** A panel at the right side on wide windows, from below on phones. */
export function Sheet({ open, onClose, title, children, footer, width = 440, testID }: Props) {
  const { t } = useTranslation();
  const styles = useStyles();
  const insets = useSafeAreaInsets();
  const phone = useWidth() === 'phone';
  const reduced = useMotionReduced();
  return (
    <Overlay open={open} onClose={onClose} label={title} role="dialog" place={phone ? 'bottom' : 'right'}>
      <KeyboardAvoidingView
        behavior="padding"
        enabled={!isWeb}
        style={[styles.panel, phone ? styles.bottom : [styles.side, { width }], isWeb && !reduced && (phone ? rise : slide)]}
        testID={testID}
      >
        <View style={styles.head}>
          <View style={styles.title}>
            <Text variant="title" heading={2} lines={2}>
              {title}
            </Text>
          </View>
          <IconButton icon="close" label={t('common:close')} onPress={onClose} testID="action-close" />
        </View>
        <ScrollView style={styles.scroll} contentContainerStyle={styles.content} keyboardShouldPersistTaps="handled">
          {children}
        </ScrollView>
        {footer ? <View style={[styles.footer, { paddingBottom: Math.max(insets.bottom, 16) }]}>{footer}</View> : <View style={{ height: insets.bottom }} />}
      </KeyboardAvoidingView>
    </Overlay>
  );
}

const slide = { animationKeyframes: { from: { transform: 'translateX(24px)', opacity: 0 }, to: { transform: 'none', opacity: 1 } }, animationDuration: `${duration.normal}ms` } as object;
const rise = { animationKeyframes: { from: { transform: 'translateY(24px)', opacity: 0 }, to: { transform: 'none', opacity: 1 } }, animationDuration: `${duration.normal}ms` } as object;

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    panel: { backgroundColor: colors.surface },
    side: { height: '100%', maxWidth: '100%', borderLeftWidth: 1, borderLeftColor: colors.divider, boxShadow: `0 8px 32px ${colors.shadow}` },
    bottom: { maxHeight: '92%', borderTopLeftRadius: radius.dialog, borderTopRightRadius: radius.dialog, overflow: 'hidden' },
    head: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.s,
      paddingLeft: space.l,
      paddingRight: space.s,
      paddingVertical: space.s,
      borderBottomWidth: 1,
      borderBottomColor: colors.divider,
    },
    title: { flex: 1, minWidth: 0 },
    scroll: { flexGrow: 1, flexShrink: 1 },
    content: { padding: space.l, gap: space.l },
    footer: { paddingHorizontal: space.l, paddingTop: space.m, borderTopWidth: 1, borderTopColor: colors.divider },
  }),
);
