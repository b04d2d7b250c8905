import { useState } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { loadPreference, savePreference } from '@/preferences/preferences';
import { themed } from '@/theme/theme';
import { Dialog, Switch, Text } from '@/ui';

const mod = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl';

/** Keys that are pressed together are joined by +, keys one after the other by a space. */
const groups = {
  anywhere: {
    home: 'G H',
    customers: 'G C',
    tasks: 'G T',
    search: '/',
    create: 'N',
    log: 'L',
    task: 'T',
    close: 'Esc',
    help: '?',
  },
  list: { move: 'J K', open: 'Enter', select: 'X', range: 'Shift+X' },
  record: { edit: 'E', tabs: '1 2 3', neighbours: '[ ]' },
  form: { save: `${mod}+Enter` },
} as const;

type Group = keyof typeof groups;

/** The table of shortcuts, and the switch for those that are single letters. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const [letters, setLetters] = useState(loadPreference('letterKeys') !== false);
  const wordOf = (group: Group, name: string) => t(`shell:keys.${group}.${name}` as 'shell:keys.form.save');
  return (
    <Dialog open onClose={onClose} title={t('shell:keys.title')} actions={[{ label: t('common:close'), onPress: onClose }]} testID="panel-keys">
      <View style={styles.groups}>
        {(Object.keys(groups) as Group[]).map((group) => (
          <View key={group} style={styles.group}>
            <Text variant="label" tone="muted" heading={3}>
              {t(`shell:keys.${group}.title`)}
            </Text>
            {Object.entries(groups[group]).map(([name, keys]) => (
              <View key={name} style={styles.line}>
                <Text style={styles.word}>{wordOf(group, name)}</Text>
                <Keys keys={keys} />
              </View>
            ))}
          </View>
        ))}
      </View>
      <Switch
        label={t('shell:keys.letters')}
        hint={t('shell:keys.lettersHint')}
        value={letters}
        onChange={(on) => {
          setLetters(on);
          savePreference('letterKeys', on);
        }}
        testID="field-letter-keys"
      />
    </Dialog>
  );
}

function Keys({ keys }: { keys: string }) {
  const styles = useStyles();
  return (
    <View style={styles.keys}>
      {keys.split(' ').map((key) => (
        <View key={key} style={styles.key}>
          <Text variant="caption" strong>
            {key}
          </Text>
        </View>
      ))}
    </View>
  );
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    groups: { flexDirection: 'row', flexWrap: 'wrap', columnGap: space.xl, rowGap: space.l },
    group: { flexGrow: 1, flexBasis: 180, gap: space.xs },
    line: { flexDirection: 'row', alignItems: 'center', gap: space.s, minHeight: 28 },
    word: { flex: 1, minWidth: 0 },
    keys: { flexDirection: 'row', gap: space.xs },
    key: {
      minWidth: 24,
      height: 24,
      paddingHorizontal: 6,
      alignItems: 'center',
      justifyContent: 'center',
      borderRadius: 4,
      borderWidth: 1,
      borderColor: colors.divider,
      backgroundColor: colors.background,
    },
  }),
);
