import { useTranslation } from 'react-i18next';

import type { Customer } from '@/api/customers';
import { useCan } from '@/api/session';
import { usePageCommands, type Command } from '@/features/palette/commands';
import { WORDS } from '@/features/palette/words';
import { useShortcut } from '@/ui';

import { CUSTOMER_TABS, type CustomerTab } from './tabs';

interface Actions {
  log: () => void;
  plan: () => void;
  call: () => void;
  open: (tab: CustomerTab) => void;
}

/** What keys and the palette do with the customer that is open. */
export function useCustomerActions({ name, phone }: Customer, { log, plan, call, open }: Actions): void {
  const { t } = useTranslation();
  const canLog = useCan('interaction:create');
  const canPlan = useCan('task:create');
  const canEdit = useCan('customer:update');
  useShortcut('l', log, { enabled: canLog });
  useShortcut('t', plan, { enabled: canPlan });
  useShortcut('e', () => open('basic'), { enabled: canEdit });
  useShortcut('1', () => open('records'));
  useShortcut('2', () => open('basic'));
  useShortcut('3', () => open('tasks'));

  const here = (key: string, command: Omit<Command, 'key' | 'group'>): Command => ({ key: `here-${key}`, group: 'here', ...command });
  usePageCommands([
    ...(canLog ? [here('log', { label: t('shell:palette.logFor', { name }), icon: 'note-edit-outline', keys: 'L', words: WORDS.log, run: log })] : []),
    ...(canPlan ? [here('task', { label: t('shell:palette.taskFor', { name }), icon: 'calendar-clock-outline', keys: 'T', words: WORDS.task, run: plan })] : []),
    ...(phone ? [here('call', { label: t('shell:palette.call', { name }), icon: 'phone-outline', words: WORDS.call, run: call })] : []),
    ...CUSTOMER_TABS.map((tab, index) =>
      here(tab, { label: t(`customers:page.tab.${tab}`), icon: 'arrow-right', keys: String(index + 1), run: () => open(tab) }),
    ),
  ]);
}
