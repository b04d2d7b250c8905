import { useRouter, type Href } from 'expo-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useSession } from '@/api/session';
import { useSwitchCompany } from '@/features/auth/useSwitchCompany';
import { useLeaving } from '@/features/outbox/useLeaving';
import { languageNames, languages, setLanguage } from '@/i18n';
import { useThemeChoice, type ThemeChoice } from '@/theme/theme';
import { Menu, useWidth, type MenuItem, type TriggerProps } from '@/ui';

import { settings } from './destinations';
import { useOpenPanel } from './panels';

const themeIcons = { system: 'theme-light-dark', light: 'white-balance-sunny', dark: 'weather-night' } as const;

/** What belongs to the person and not to a screen. On phones it holds what the side bar has besides. */
export function AccountMenu({ trigger }: { trigger: (props: TriggerProps) => ReactNode }) {
  const { t, i18n } = useTranslation();
  const router = useRouter();
  const phone = useWidth() === 'phone';
  const openPanel = useOpenPanel();
  const { choice, choose } = useThemeChoice();
  const { me, company } = useSession();
  const enter = useSwitchCompany();
  const { leave, question } = useLeaving();

  const go = (href: string) => () => router.push(href as Href);
  const others = me?.companies.filter(({ id }) => id !== company?.id) ?? [];

  const ofPhone: MenuItem[] = phone
    ? [
        ...others.map((other) => ({
          key: `company-${other.id}`,
          label: t('shell:account.switchTo', { company: other.name }),
          icon: 'swap-horizontal' as const,
          onPress: () => enter(other),
        })),
        { key: 'settings', label: t('shell:nav.settings'), icon: settings.icon, href: settings.href, onPress: go(settings.href) },
        { key: 'feedback', label: t('shell:nav.feedback'), icon: 'message-alert-outline', onPress: () => openPanel('feedback') },
      ]
    : [];
  const items: MenuItem[] = [
    ...ofPhone,
    { key: 'profile', label: t('shell:account.profile'), icon: 'account-circle-outline', href: '/settings/profile', onPress: go('/settings/profile') },
    { key: 'sessions', label: t('shell:account.sessions'), icon: 'devices', href: '/settings/sessions', onPress: go('/settings/sessions') },
    ...(['system', 'light', 'dark'] satisfies ThemeChoice[]).map((theme, index) => ({
      key: `theme-${theme}`,
      label: t(`shell:theme.${theme}`),
      icon: themeIcons[theme],
      checked: choice === theme,
      separated: index === 0,
      onPress: () => choose(theme),
    })),
    ...languages.map((language, index) => ({
      key: `language-${language}`,
      label: languageNames[language],
      icon: 'translate' as const,
      checked: i18n.language === language,
      separated: index === 0,
      onPress: () => setLanguage(language),
    })),
    ...(phone ? [] : [{ key: 'keys', label: t('shell:keys.title'), icon: 'keyboard-outline' as const, separated: true, onPress: () => openPanel('keys') }]),
    { key: 'sign-out', label: t('shell:account.signOut'), icon: 'logout', separated: phone, onPress: leave },
  ];
  return (
    <>
      <Menu trigger={trigger} items={items} label={me ? `${me.user.name} · ${me.company.name}` : t('shell:account.label')} width={240} />
      {question}
    </>
  );
}
