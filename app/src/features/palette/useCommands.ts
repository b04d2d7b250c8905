import { router, type Href } from 'expo-router';
import { useTranslation } from 'react-i18next';

import { useSession } from '@/api/session';
import { useSwitchCompany } from '@/features/auth/useSwitchCompany';
import { PAGES } from '@/features/settings/pages';
import { destinations, settings } from '@/features/shell/destinations';
import { useOpenPanel } from '@/features/shell/panels';
import { useThemeChoice } from '@/theme/theme';

import { pageCommands, type Command } from './commands';
import { WORDS } from './words';

/** Everything that the palette offers the person here: the open record first, then what is new, then places. */
export function useCommands(): Command[] {
  return [...pageCommands(), ...useCreations(), ...usePlaces(), ...useFurther()];
}

function useCreations(): Command[] {
  const { t } = useTranslation();
  const openPanel = useOpenPanel();
  const { permissions } = useSession();
  const all: (Omit<Command, 'group'> & { permission: string })[] = [
    { key: 'new-log', permission: 'interaction:create', label: t('shell:new.log'), icon: 'note-edit-outline', keys: 'L', words: WORDS.log, run: () => openPanel('log') },
    { key: 'new-customer', permission: 'customer:create', label: t('shell:new.customer'), icon: 'account-plus-outline', keys: 'N', words: WORDS.customer, run: () => openPanel('customer') },
    { key: 'new-task', permission: 'task:create', label: t('shell:new.task'), icon: 'checkbox-marked-circle-outline', keys: 'T', words: WORDS.task, run: () => openPanel('task') },
    { key: 'new-import', permission: 'import:create', label: t('shell:new.import'), icon: 'upload-outline', words: WORDS.import, run: () => router.push('/imports') },
  ];
  return all.filter(({ permission }) => permission in permissions).map((command) => ({ ...command, group: 'create' }));
}

function usePlaces(): Command[] {
  const { t } = useTranslation();
  const { permissions } = useSession();
  const allowed = <T extends { permission?: string }>(places: T[]) => places.filter(({ permission }) => !permission || permission in permissions);
  const go = (href: string) => () => router.push(href as Href);
  return [
    ...allowed([...destinations, settings]).map(({ key, href, icon, letter }): Command => ({
      key: `go-${key}`, group: 'go', label: t(`shell:nav.${key}`), icon, words: WORDS[key], keys: letter && `G ${letter.toUpperCase()}`, run: go(href),
    })),
    { key: 'go-notifications', group: 'go', label: t('shell:bell.label'), icon: 'bell-outline', words: WORDS.notifications, run: go('/notifications') },
    ...allowed(PAGES).map(({ key, href, icon }): Command => ({
      key: `go-${key}`, group: 'go', label: t(`settings:pages.${key}`), icon, words: WORDS[key], run: go(href),
    })),
  ];
}

function useFurther(): Command[] {
  const { t } = useTranslation();
  const openPanel = useOpenPanel();
  const { me, company } = useSession();
  const enter = useSwitchCompany();
  const { rows, chooseRows } = useThemeChoice();
  const nextRows = rows === 'compact' ? 'comfortable' : 'compact';
  const others = me?.companies.filter(({ id }) => id !== company?.id) ?? [];
  return [
    ...others.map((other): Command => ({
      key: `company-${other.id}`,
      group: 'more',
      label: t('shell:account.switchTo', { company: other.name }),
      icon: 'swap-horizontal',
      run: () => enter(other),
    })),
    { key: 'rows', group: 'more', label: t(`shell:palette.rows.${nextRows}`), icon: 'format-list-bulleted', words: WORDS.rows, run: () => chooseRows(nextRows) },
    { key: 'feedback', group: 'more', label: t('shell:nav.feedback'), icon: 'message-alert-outline', words: WORDS.feedback, run: () => openPanel('feedback') },
    { key: 'keys', group: 'more', label: t('shell:keys.title'), icon: 'keyboard-outline', words: WORDS.keys, keys: '?', run: () => openPanel('keys') },
  ];
}
