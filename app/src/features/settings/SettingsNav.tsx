import { usePathname } from 'expo-router';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useSession } from '@/api/session';
import { themed, useTheme } from '@/theme/theme';
import { Icon, Press, Text } from '@/ui';

import { PAGES, type SettingsPage } from './pages';

/** The pages of settings that the person may open, in groups. hints explain each, where there is room. */
export function SettingsNav({ hints }: { hints?: boolean }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const { permissions } = useSession();
  const offered = PAGES.filter(({ permission }) => !permission || permission in permissions);
  return (
    <View role="navigation" aria-label={t('settings:title')} style={styles.nav}>
      {(['personal', 'company'] as const).map((group) => {
        const pages = offered.filter((page) => page.group === group);
        return pages.length ? (
          <View key={group} style={styles.group}>
            <Text variant="caption" tone="muted" style={styles.heading}>
              {t(`settings:groups.${group}`)}
            </Text>
            {pages.map((page) => (
              <NavItem key={page.key} page={page} hint={hints ? t(`settings:pages.${page.key}Hint`) : undefined} />
            ))}
          </View>
        ) : null;
      })}
    </View>
  );
}

function NavItem({ page, hint }: { page: SettingsPage; hint?: string }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const { colors } = useTheme();
  const current = usePathname() === page.href;
  return (
    <Press
      href={page.href}
      aria-current={current ? 'page' : undefined}
      style={[styles.item, hint ? styles.tall : null, current && styles.current]}
      testID={`nav-settings-${page.key}`}
    >
      <Icon name={page.icon} size={20} color={current ? colors.primary : colors.muted} />
      <View style={styles.text}>
        <Text strong={current} lines={1}>
          {t(`settings:pages.${page.key}`)}
        </Text>
        {hint && (
          <Text variant="caption" tone="muted" lines={1}>
            {hint}
          </Text>
        )}
      </View>
      {hint && <Icon name="chevron-right" size={20} color={colors.muted} />}
    </Press>
  );
}

const useStyles = themed(({ colors, radius, size, space }) =>
  StyleSheet.create({
    nav: { gap: space.l },
    group: { gap: 2 },
    heading: { paddingHorizontal: space.m, paddingBottom: space.xs },
    item: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.m,
      minHeight: size.menuItem,
      paddingHorizontal: space.m,
      borderRadius: radius.control,
    },
    tall: { minHeight: 64 },
    current: { backgroundColor: colors.selected },
    text: { flex: 1, minWidth: 0 },
  }),
);
