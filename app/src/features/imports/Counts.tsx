import { useTranslation } from 'react-i18next';
import { View } from 'react-native';

import { useFormat } from '@/i18n/format';
import { Row, Text } from '@/ui';

const OUTCOMES = ['created', 'updated', 'duplicates', 'rejected'] as const;

/** How many rows came, or will come, to what. */
export function Counts({ counts }: { counts: Record<(typeof OUTCOMES)[number], number> }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Row gap={24} wrap>
      {OUTCOMES.map((outcome) => (
        <View key={outcome}>
          <Text variant="title" tabular tone={outcome === 'rejected' && counts.rejected > 0 ? 'danger' : 'text'} testID={`count-${outcome}`}>
            {format.number(counts[outcome])}
          </Text>
          <Text variant="label" tone="muted">
            {t(`imports:preview.${outcome}`)}
          </Text>
        </View>
      ))}
    </Row>
  );
}
