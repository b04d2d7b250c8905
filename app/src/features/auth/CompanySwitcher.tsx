import { StyleSheet } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useSession } from '@/api/session';
import { useFormat } from '@/i18n/format';
import { themed } from '@/theme/theme';
import { Icon, Menu, Press, Text } from '@/ui';

import { useSwitchCompany } from './useSwitchCompany';

/** The company that one works in, and the way to one's others. Who has only one sees its name. */
export function CompanySwitcher() {
  const { t } = useTranslation();
  const styles = useStyles();
  const { compareNames } = useFormat();
  const { company, me } = useSession();
  const enter = useSwitchCompany();
  if (!company) return null;
  const companies = [...(me?.companies ?? [])].sort((a, b) => compareNames(a.name, b.name));
  if (companies.length < 2) {
    return (
      <Text variant="label" lines={1} style={styles.name}>
        {company.name}
      </Text>
    );
  }
  return (
    <Menu
      label={t('auth:switcher.label')}
      trigger={({ onPress, expanded, ref }) => (
        <Press
          ref={ref}
          role="button"
          aria-label={`${t('auth:switcher.label')}: ${company.name}`}
          aria-expanded={expanded}
          onPress={onPress}
          style={styles.trigger}
          testID="action-switch-company"
        >
          <Text variant="label" lines={1} style={styles.name}>
            {company.name}
          </Text>
          <Icon name="chevron-down" size={16} />
        </Press>
      )}
      items={companies.map((each) => ({
        key: each.id,
        label: each.name,
        checked: each.id === company.id,
        onPress: () => {
          if (each.id !== company.id) enter(each);
        },
      }))}
    />
  );
}

const useStyles = themed((theme) =>
  StyleSheet.create({
    trigger: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: theme.space.xs,
      minHeight: theme.size.control,
      paddingHorizontal: theme.space.s,
      borderRadius: theme.radius.control,
      maxWidth: 240,
    },
    name: { flexShrink: 1 },
  }),
);
