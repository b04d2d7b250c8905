import { router, type Href } from 'expo-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { StyleSheet, View } from 'react-native';

import { useCustomerSearch } from '@/api/customers';
import { useCan } from '@/api/session';
import { themed } from '@/theme/theme';
import { OptionList, Overlay, useSettled, useShortcut, type Option } from '@/ui';

import { matching, type Command, type CommandGroup } from './commands';
import { useCommands } from './useCommands';

const PAUSE_MS = 150;
const RECENT = 5;

/** Goes anywhere, finds a customer, does what can be done here: by typing. only narrows it to one group. */
export function Palette({ onClose, only }: { onClose: () => void; only?: CommandGroup }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const panel = useRef<View>(null);
  const [text, setText] = useState('');
  // As they were on opening: what is below does not change meanwhile.
  const [commands] = useState(useCommands().filter(({ group }) => !only || group === only));
  const customers = useCustomerCommands(text, !only);
  const found: Found[] = text.trim() === '' ? inOrder([...commands, ...customers]) : [...matching(commands, text), ...customers];
  const label = only ? t(`shell:palette.groups.${only}`) : t('shell:palette.title');

  const take = (key: string) => {
    const command = found.find((each) => each.key === key);
    onClose();
    command?.run();
  };
  useShortcut('mod+k', onClose, { inFields: true, within: panel });
  return (
    <Overlay open onClose={onClose} label={label} role="dialog" place="top">
      <View ref={panel} style={styles.panel} testID="panel-palette">
        <OptionList<string>
          label={label}
          options={found.map(({ key, label: words, icon, keys, group, hint }): Option<string> => ({ value: key, label: words, icon, keys, hint, group: t(`shell:palette.groups.${group}`) }))}
          chosen={() => false}
          onTake={take}
          height={480}
          search={{ text, onChange: setText, placeholder: only ? label : t('shell:palette.placeholder') }}
        />
      </View>
    </Overlay>
  );
}

type Found = Omit<Command, 'group'> & { group: CommandGroup | 'customers' | 'recent' };

const order: Found['group'][] = ['here', 'stage', 'recent', 'create', 'go', 'more'];

const inOrder = (commands: Found[]) => [...commands].sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));

/** The customers that the text finds, the last ones met while nothing is typed, and the way to all of them. */
function useCustomerCommands(text: string, wanted: boolean): Found[] {
  const { t } = useTranslation();
  const enabled = useCan('customer:read') && wanted;
  const q = useSettled(text.trim(), PAUSE_MS);
  const { data = [] } = useCustomerSearch(q, { enabled });
  if (!enabled) return [];
  const group = q ? 'customers' : 'recent';
  const found = data.slice(0, q ? undefined : RECENT).map(({ id, name, contact_name }): Found => ({
    key: id,
    group,
    label: name,
    hint: contact_name || undefined,
    icon: 'office-building-outline',
    run: () => router.push(`/customers/${id}` as Href),
  }));
  if (!text.trim()) return found;
  const all = { key: 'search', group, label: t('shell:palette.searchAll', { text: text.trim() }), icon: 'magnify', run: () => router.push(`/customers?q=${encodeURIComponent(text.trim())}` as Href) } as const;
  return [...found, all];
}

const useStyles = themed(({ colors, radius }) =>
  StyleSheet.create({
    panel: {
      width: '100%',
      maxWidth: 640,
      overflow: 'hidden',
      borderRadius: radius.dialog,
      backgroundColor: colors.surface,
      boxShadow: `0 8px 32px ${colors.shadow}`,
    },
  }),
);
