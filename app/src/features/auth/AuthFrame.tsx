import { type ReactNode, useEffect } from 'react';
import { KeyboardAvoidingView, Platform, ScrollView, StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';
import { useSafeAreaInsets } from 'react-native-safe-area-context';

import { currentLanguage, languageNames, languages, setLanguage } from '@/i18n';
import { themed } from '@/theme/theme';
import { Button, Text, useWidth } from '@/ui';
import { setDocumentTitle } from '@/ui/documentTitle';

interface Props {
  title: string;
  subtitle?: string;
  children: ReactNode;
  /** Where else to go, below the card. */
  footer?: ReactNode;
}

/** What the screens before sign-in share: the name of the product, one card, the way to the other language. */
export function AuthFrame({ title, subtitle, children, footer }: Props) {
  const { t } = useTranslation();
  const styles = useStyles();
  const phone = useWidth() === 'phone';
  const insets = useSafeAreaInsets();
  const documentTitle = `${title} · ${t('common:appName')}`;
  useEffect(() => setDocumentTitle(documentTitle), [documentTitle]);
  return (
    <KeyboardAvoidingView behavior={Platform.OS === 'ios' ? 'padding' : undefined} style={phone ? styles.pagePhone : styles.page}>
      <ScrollView
        contentContainerStyle={[styles.content, { paddingTop: insets.top + 24, paddingBottom: insets.bottom + 24 }]}
        keyboardShouldPersistTaps="handled"
      >
        <View style={styles.column} role="main">
          <View style={styles.brand}>
            <View style={styles.mark} aria-hidden>
              <Text variant="section" tone="onPrimary">
                关
              </Text>
            </View>
            <Text variant="section">{t('common:appName')}</Text>
          </View>
          <View style={phone ? styles.cardPhone : styles.card}>
            <View style={styles.heading}>
              <Text variant="title" heading={1}>
                {title}
              </Text>
              {subtitle && <Text tone="muted">{subtitle}</Text>}
            </View>
            {children}
          </View>
          {footer}
          <Languages />
        </View>
      </ScrollView>
    </KeyboardAvoidingView>
  );
}

/** Offers the languages that are not the present one, each in its own name. */
function Languages() {
  // Reading the translation makes this follow a change of the language.
  useTranslation();
  const styles = useStyles();
  const now = currentLanguage();
  return (
    <View style={styles.languages}>
      {languages
        .filter((language) => language !== now)
        .map((language) => (
          <Button
            key={language}
            kind="text"
            size="small"
            icon="translate"
            label={languageNames[language]}
            onPress={() => setLanguage(language)}
            testID={`action-language-${language}`}
          />
        ))}
    </View>
  );
}

const useStyles = themed((theme) =>
  StyleSheet.create({
    page: { flex: 1, backgroundColor: theme.colors.background },
    pagePhone: { flex: 1, backgroundColor: theme.colors.surface },
    content: { flexGrow: 1, paddingHorizontal: theme.space.l, alignItems: 'center', justifyContent: 'center' },
    column: { width: '100%', maxWidth: 420, gap: theme.space.xl },
    brand: { flexDirection: 'row', alignItems: 'center', justifyContent: 'center', gap: theme.space.s },
    mark: {
      width: 32,
      height: 32,
      borderRadius: theme.radius.control,
      backgroundColor: theme.colors.primary,
      alignItems: 'center',
      justifyContent: 'center',
    },
    card: {
      backgroundColor: theme.colors.surface,
      borderRadius: theme.radius.dialog,
      borderWidth: 1,
      borderColor: theme.colors.divider,
      padding: theme.space.xxl,
      gap: theme.space.xl,
    },
    cardPhone: { gap: theme.space.xl },
    heading: { gap: theme.space.xs },
    languages: { flexDirection: 'row', justifyContent: 'center' },
  }),
);
