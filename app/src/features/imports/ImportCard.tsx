import { useTranslation } from 'react-i18next';

import type { Import } from '@/api/imports';
import { useFormat } from '@/i18n/format';
import { Column, Row, Text } from '@/ui';

import { ImportStatus } from './ImportStatus';

/** An import in two lines, on phones. */
export function ImportCard({ row }: { row: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { status, created, updated, duplicates, rejected } = row;
  return (
    <Column gap={4}>
      <Row gap={8} justify="space-between">
        <Text strong lines={1} style={{ flexShrink: 1 }}>
          {row.file_name}
        </Text>
        <ImportStatus status={status} />
      </Row>
      <Text variant="caption" tone="muted" lines={1}>
        {format.relative(row.created_at)}
        {status !== 'mapping' && ` · ${t('imports:list.summary', { created, updated, duplicates, rejected })}`}
      </Text>
    </Column>
  );
}
