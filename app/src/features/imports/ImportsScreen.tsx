import { router, type Href } from 'expo-router';
import { useTranslation } from 'react-i18next';

import { useImports, useUploadImport, type Import } from '@/api/imports';
import { useMemberNames } from '@/api/members';
import { useCan } from '@/api/session';
import { useFormat } from '@/i18n/format';
import { Column, EmptyState, ErrorState, Row, Screen, Table, Text } from '@/ui';
import type { Column as TableColumn } from '@/ui/tableTypes';

import { FileDrop } from './FileDrop';
import { ImportCard } from './ImportCard';
import { ImportStatus } from './ImportStatus';
import { useImportWords } from './useImportWords';

/** Where a table of customers is uploaded, and what became of earlier ones. */
export function ImportsScreen() {
  const { t } = useTranslation();
  const words = useImportWords();
  const canCreate = useCan('import:create');
  const columns = useImportColumns();
  const { data, error, isPending, hasNextPage, fetchNextPage, refetch } = useImports();
  const upload = useUploadImport();
  const rows = data?.pages.flatMap((page) => page.data) ?? [];

  const send = (file: File) => upload.mutate(file, { onSuccess: ({ id }) => router.push(`/imports/${id}` as Href) });

  return (
    <Screen title={t('imports:list.title')} scroll={false}>
      <Column gap={16} style={{ flex: 1, minHeight: 0 }}>
        {canCreate && <FileDrop onFile={send} busy={upload.isPending} busyName={upload.variables?.name} error={upload.error ? words.error(upload.error) : undefined} />}
        <Text variant="section" heading={2}>
          {t('imports:list.history')}
        </Text>
        {error && !data ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Table<Import>
            name="imports"
            label={t('imports:list.label')}
            rows={rows}
            columns={columns}
            rowKey={({ id }) => id}
            rowName={({ file_name }) => file_name}
            href={({ id }) => `/imports/${id}`}
            loading={isPending}
            onEndReached={() => hasNextPage && void fetchNextPage()}
            empty={<EmptyState icon="file-upload-outline" title={t('imports:list.empty')} body={t('imports:list.emptyBody')} />}
            card={(row) => <ImportCard row={row} />}
          />
        )}
      </Column>
    </Screen>
  );
}

function useImportColumns(): TableColumn<Import>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useMemberNames();
  return [
    {
      key: 'file',
      title: t('imports:list.file'),
      width: 240,
      render: ({ file_name }) => (
        <Text strong lines={1}>
          {file_name}
        </Text>
      ),
    },
    {
      key: 'status',
      title: t('imports:list.status'),
      width: 120,
      render: ({ status }) => (
        <Row>
          <ImportStatus status={status} />
        </Row>
      ),
    },
    {
      key: 'rows',
      title: t('imports:list.rows'),
      width: 90,
      align: 'right',
      render: ({ rows_total }) => <Text tabular>{format.number(rows_total)}</Text>,
    },
    {
      key: 'result',
      title: t('imports:list.result'),
      render: ({ status, created, updated, duplicates, rejected }) =>
        status === 'mapping' ? null : (
          <Text tone="muted" lines={1} tabular>
            {t('imports:list.summary', { created, updated, duplicates, rejected })}
          </Text>
        ),
    },
    { key: 'by', title: t('imports:list.by'), width: 110, render: ({ member_id }) => <Text lines={1}>{nameOf(member_id)}</Text> },
    {
      key: 'when',
      title: t('imports:list.when'),
      width: 130,
      render: ({ created_at }) => (
        <Text tone="muted" lines={1}>
          {format.relative(created_at)}
        </Text>
      ),
    },
  ];
}
