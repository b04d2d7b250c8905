import { useIsFocused } from 'expo-router';
import { useEffect, type ReactNode } from 'react';
import { ScrollView, StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';
import { useSafeAreaInsets } from 'react-native-safe-area-context';

import { themed } from '@/theme/theme';

import { useChrome } from './chrome';
import { setDocumentTitle } from './documentTitle';
import { Text } from './Text';
import { useWidth } from './useWidth';

type Props = {
  title: string;
  /** At the right of the title. */
  actions?: ReactNode;
  children?: ReactNode;
  /** False for a screen whose own part scrolls, such as a table. */
  scroll?: boolean;
  /** Takes the whole width; else the content is as wide as reads well. */
  wide?: boolean;
  /** Between title and content: filters, tabs. It does not scroll. */
  toolbar?: ReactNode;
  /** Of the browser's tab, where it should say more than the title. */
  documentTitle?: string;
  /** Beside the title, such as a count. */
  subtitle?: ReactNode;
};

export function Screen({ title, actions, children, scroll = true, wide, toolbar, documentTitle, subtitle }: Props) {
  const { t } = useTranslation();
  const styles = useStyles();
  const insets = useSafeAreaInsets();
  const chrome = useChrome();
  const phone = useWidth() === 'phone';
  const focused = useIsFocused();
  const name = `${documentTitle ?? title} · ${t('common:appName')}`;

  useEffect(() => {
    if (focused) setDocumentTitle(name);
  }, [focused, name]);

  const frame = [styles.frame, phone ? styles.phone : styles.desktop, !wide && styles.readable];
  return (
    <View style={styles.screen}>
      <View style={[phone && styles.bar, phone && { paddingTop: insets.top }]}>
        <View style={[frame, phone ? styles.headPhone : styles.headDesktop]}>
          <View style={styles.head}>
            {phone ? chrome.before : null}
            <View style={styles.title}>
              <Text variant="title" heading={1} lines={1} style={styles.name}>
                {title}
              </Text>
              {subtitle}
            </View>
            {actions ? <View style={styles.actions}>{actions}</View> : null}
            {phone ? <View style={styles.chrome}>{chrome.after}</View> : null}
          </View>
          {toolbar}
        </View>
      </View>
      {scroll ? (
        <ScrollView style={styles.scroll} contentContainerStyle={[frame, styles.content, phone && styles.aboveButton]} keyboardShouldPersistTaps="handled">
          {children}
        </ScrollView>
      ) : (
        <View style={[frame, styles.fixed, phone && styles.bare]}>{children}</View>
      )}
    </View>
  );
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    screen: { flex: 1, minWidth: 0, backgroundColor: colors.background },
    bar: { backgroundColor: colors.surface, borderBottomWidth: 1, borderBottomColor: colors.divider },
    frame: { width: '100%', gap: space.m, alignSelf: 'center' },
    phone: { paddingHorizontal: space.l },
    desktop: { paddingHorizontal: space.xl },
    headPhone: { gap: space.s, paddingBottom: space.s, paddingTop: space.xs },
    headDesktop: { paddingTop: space.l, paddingBottom: space.m },
    readable: { maxWidth: 1120 },
    head: { flexDirection: 'row', alignItems: 'center', gap: space.s, minHeight: 36 },
    title: { flex: 1, minWidth: 0, flexDirection: 'row', alignItems: 'baseline', gap: space.s },
    name: { flexShrink: 1 },
    actions: { flexDirection: 'row', alignItems: 'center', gap: space.s },
    // Icon buttons are wider than what is drawn of them.
    chrome: { flexDirection: 'row', alignItems: 'center', marginRight: -space.m },
    scroll: { flex: 1 },
    content: { paddingTop: space.xs, paddingBottom: space.xxxl, gap: space.l },
    // What floats above the bottom bar must not cover the last line.
    aboveButton: { paddingTop: space.l, paddingBottom: 96 },
    fixed: { flex: 1, minHeight: 0, paddingBottom: space.l },
    bare: { paddingBottom: 0 },
  }),
);
