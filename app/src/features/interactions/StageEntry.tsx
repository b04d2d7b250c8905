import { useTranslation } from 'react-i18next';
import { StyleSheet, View } from 'react-native';

import type { StageVisit } from '@/api/lifecycle';
import { useMemberNames } from '@/api/members';
import { useFormat } from '@/i18n/format';
import type { Stage } from '@/theme/tokens';
import { space } from '@/theme/tokens';
import { Text } from '@/ui';

/** The entry into a stage, in one line between the contacts. */
export function StageEntry({ visit }: { visit: StageVisit }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useMemberNames();
  const name = nameOf(visit.actor_id);
  const to = t(`common:stage.${visit.to as Stage}`);
  const from = visit.from === null ? '' : t(`common:stage.${visit.from as Stage}`);
  const sentence =
    visit.from === null
      ? t('interactions:entry.stageFirst', { name, to })
      : name
        ? t('interactions:entry.stage', { name, from, to })
        : t('interactions:entry.stageSystem', { from, to });

  return (
    <View style={styles.entry}>
      <Text variant="label" tone="muted" tabular>
        {format.date(visit.entered_at, 'time')} {sentence}
        {visit.reason !== '' && ` · ${t('interactions:entry.reason', { reason: visit.reason })}`}
      </Text>
    </View>
  );
}

// As far in as the text of the contacts.
const styles = StyleSheet.create({ entry: { paddingLeft: 32 + space.m, paddingVertical: space.xs } });
