import { useTranslation } from 'react-i18next';

import type { Import } from '@/api/imports';
import { useMemberNames } from '@/api/members';
import { useFormat } from '@/i18n/format';
import { Button, Card, Column, Row, Text } from '@/ui';

import { Counts } from './Counts';
import { RejectedDownload } from './RejectedDownload';
import { ResultRows } from './ResultRows';
import { UndoImport } from './UndoImport';

/** What became of an import that has ended, and what can be done about it. */
export function ImportResult({ data }: { data: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useMemberNames();
  const { status, created, updated, rejected } = data;

  return (
    <Column gap={16}>
      <Card title={titleOf()} testID="panel-result">
        {bodyOf() && <Text>{bodyOf()}</Text>}
        <Counts counts={data} />
        <Text variant="caption" tone="muted">
          {t('imports:result.by', { name: nameOf(data.actor_id ?? data.member_id), when: format.date(data.finished_at ?? data.updated_at, 'longTime') })}
        </Text>
        <Row gap={8} wrap>
          {status === 'finished' && created + updated > 0 && <Button label={t('imports:result.view')} href="/customers" />}
          {rejected > 0 && <RejectedDownload id={data.id} />}
          <UndoImport data={data} />
          <Button kind="text" label={t('imports:result.again')} href="/imports" />
        </Row>
      </Card>
      <ResultRows data={data} />
    </Column>
  );

  function titleOf(): string {
    if (status === 'failed') return t('imports:result.failed');
    if (status === 'cancelled') return t('imports:result.cancelled');
    return status === 'undone' ? t('imports:result.undone') : t('imports:result.finished');
  }

  function bodyOf(): string | undefined {
    if (status === 'undone') return t('imports:result.undoneBody', { count: data.undone });
    if (status !== 'failed') return undefined;
    const bad = data.options.on_error === 'all_or_nothing' && rejected > 0;
    return bad ? t('imports:result.failedRows', { count: rejected }) : t('imports:result.failedOther');
  }
}
