import { useState } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { loadPreference, savePreference } from '@/preferences/preferences';
import { themed } from '@/theme/theme';
import { Dialog, Keys, modKey, Switch, Text } from '@/ui';

import { settings } from './destinations';
import { useDestinations } from './useDestinations';

const groups = {
  anywhere: { palette: `${modKey}+K`, search: '/', create: 'N', log: 'L', task: 'T', close: 'Esc', help: '?' },
  list: { move: 'J K', open: 'Enter', select: 'X', range: 'Shift+X' },
  record: { edit: 'E', stage: 'M', tabs: '1 2 3', neighbours: '[ ]' },
  form: { save: `${modKey}+Enter` },
} as const;

type Group = keyof typeof groups;

/** The table of shortcuts, and the switch for those that are single letters. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const [letters, setLetters] = useState(loadPreference('letterKeys') !== false);
  const places = [...useDestinations().offered, settings].filter(({ letter }) => letter);
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
              <Line key={name} word={wordOf(group, name)} keys={keys} />
            ))}
          </View>
        ))}
        <View style={styles.group}>
          <Text variant="label" tone="muted" heading={3}>
            {t('shell:keys.go')}
          </Text>
          {places.map(({ key, letter }) => (
            <Line key={key} word={t(`shell:nav.${key}`)} keys={`G ${letter?.toUpperCase()}`} />
          ))}
        </View>
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

function Line({ word, keys }: { word: string; keys: string }) {
  const styles = useStyles();
  return (
    <View style={styles.line}>
      <Text style={styles.word}>{word}</Text>
      <Keys keys={keys} />
    </View>
  );
}

const useStyles = themed(({ space }) =>
  StyleSheet.create({
    groups: { flexDirection: 'row', flexWrap: 'wrap', columnGap: space.xl, rowGap: space.l },
    group: { flexGrow: 1, flexBasis: 180, gap: space.xs },
    line: { flexDirection: 'row', alignItems: 'center', gap: space.s, minHeight: 28 },
    word: { flex: 1, minWidth: 0 },
  }),
);
