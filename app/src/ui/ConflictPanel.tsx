import { useState } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { themed, useTheme } from '@/theme/theme';

import { Button } from './Button';
import { Icon } from './Icon';
import { Press } from './Press';
import { Text } from './Text';

type Values = Record<string, unknown>;

type Props = {
  mine: Values;
  theirs: Values;
  /** What both have changed. */
  fields: { key: string; label: string; format?: (value: unknown) => string }[];
  who?: string;
  when?: string;
  /** Gets, of each field, the value that was picked. */
  onResolve: (picked: Values) => void;
  busy?: boolean;
};

type Side = 'mine' | 'theirs';

/** Two people changed the same: shows both values side by side, to pick one of each field. */
export function ConflictPanel({ mine, theirs, fields, who, when, onResolve, busy }: Props) {
  const { t } = useTranslation();
  const styles = useStyles();
  const [sides, setSides] = useState<Record<string, Side>>({});
  const sideOf = (key: string): Side => sides[key] ?? 'mine';
  const show = (value: unknown, format?: (value: unknown) => string) =>
    value === null || value === undefined || value === '' ? t('ui:conflict.empty') : format ? format(value) : String(value);

  return (
    <View role="group" aria-label={t('ui:conflict.title')} style={styles.panel} testID="panel-conflict">
      <Text variant="section" heading={2}>
        {t('ui:conflict.title')}
      </Text>
      <Text tone="muted">{who && when ? t('ui:conflict.by', { who, when }) : t('ui:conflict.body')}</Text>
      {fields.map(({ key, label, format }) => (
        <View key={key} role="radiogroup" aria-label={label} style={styles.field}>
          <Text variant="label">{label}</Text>
          <View style={styles.pair}>
            <Choice
              side={t('ui:conflict.mine')}
              value={show(mine[key], format)}
              picked={sideOf(key) === 'mine'}
              onPress={() => setSides({ ...sides, [key]: 'mine' })}
              testID={`pick-mine-${key}`}
            />
            <Choice
              side={t('ui:conflict.theirs')}
              value={show(theirs[key], format)}
              picked={sideOf(key) === 'theirs'}
              onPress={() => setSides({ ...sides, [key]: 'theirs' })}
              testID={`pick-theirs-${key}`}
            />
          </View>
        </View>
      ))}
      <Button
        kind="primary"
        label={t('ui:conflict.apply')}
        loading={busy}
        onPress={() => onResolve(Object.fromEntries(fields.map(({ key }) => [key, (sideOf(key) === 'mine' ? mine : theirs)[key]])))}
        testID="action-resolve"
      />
    </View>
  );
}

function Choice({ side, value, picked, onPress, testID }: { side: string; value: string; picked: boolean; onPress: () => void; testID: string }) {
  const { t } = useTranslation();
  const { colors } = useTheme();
  const styles = useStyles();
  return (
    <Press
      role="radio"
      aria-label={t('ui:field.holds', { label: side, value })}
      aria-checked={picked}
      onPress={onPress}
      testID={testID}
      style={[styles.choice, picked && styles.picked]}
    >
      <Icon name={picked ? 'checkbox-marked-circle-outline' : 'circle-outline'} color={picked ? colors.primary : colors.outline} />
      <View style={styles.words}>
        <Text variant="caption" tone="muted">
          {side}
        </Text>
        <Text>{value}</Text>
      </View>
    </Press>
  );
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    panel: { gap: space.m, padding: space.l, borderWidth: 1, borderColor: colors.warning, borderRadius: radius.card, backgroundColor: colors.surface },
    field: { gap: space.xs },
    pair: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
    choice: {
      flexDirection: 'row',
      gap: space.s,
      flexGrow: 1,
      flexBasis: 160,
      padding: space.m,
      borderWidth: 1,
      borderColor: colors.outline,
      borderRadius: radius.control,
    },
    picked: { borderColor: colors.primary, backgroundColor: colors.selected },
    words: { flex: 1, minWidth: 0 },
  }),
);
