import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { StyleSheet, View } from 'react-native';

import { useImportRows, type Import, type ImportRow, type Outcome } from '@/api/imports';
import { themed } from '@/theme/theme';
import { Button, Card, ErrorState, Row, Skeleton, Tabs, Text } from '@/ui';

import { useImportWords } from './useImportWords';

const OUTCOMES: Outcome[] = ['rejected', 'duplicate', 'created', 'updated'];

/** The rows of an import by what they came to; what needs work comes first. */
export function ResultRows({ data }: { data: Import }) {
  const { t } = useTranslation();
  const counts: Record<Outcome, number> = { created: data.created, updated: data.updated, duplicate: data.duplicates, rejected: data.rejected };
  const [outcome, setOutcome] = useState<Outcome>(() => OUTCOMES.find((each) => counts[each] > 0) ?? 'created');
  const rows = useImportRows(data.id, outcome, true);
  const listed = rows.data?.pages.flatMap((page) => page.data) ?? [];

  return (
    <Card title={t('imports:result.rows')}>
      <Tabs<Outcome>
        label={t('imports:result.rows')}
        tabs={OUTCOMES.map((key) => ({ key, label: t(`imports:outcomes.${key}`), count: counts[key] }))}
        value={outcome}
        onChange={setOutcome}
      />
      <View role="tabpanel" aria-label={t(`imports:outcomes.${outcome}`)} testID={`panel-${outcome}`}>
        {rows.isPending && <Skeleton lines={4} />}
        {rows.error && !rows.data && <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />}
        {rows.data && listed.length === 0 && <Text tone="muted">{t('imports:result.empty')}</Text>}
        {listed.map((row) => (
          <ResultLine key={row.line} row={row} columns={data.columns} />
        ))}
        {rows.hasNextPage && (
          <Button label={t('imports:result.more')} loading={rows.isFetchingNextPage} onPress={() => void rows.fetchNextPage()} testID="action-load-more" />
        )}
      </View>
    </Card>
  );
}

function ResultLine({ row, columns }: { row: ImportRow; columns: Import['columns'] }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const words = useImportWords();
  /** The cell that a problem is about, as it stood in the file. */
  const cellOf = (key: string | undefined) => row.cells?.[columns.findIndex((column) => column.key === key)];
  return (
    <View style={styles.row} testID={`row-${row.line}`}>
      <Row gap={8}>
        <Text variant="label" tone="muted" tabular style={styles.line}>
          {t('imports:preview.lineAt', { line: row.line })}
        </Text>
        <Text strong lines={1} style={styles.name}>
          {row.name || '–'}
        </Text>
        {row.record_id?.startsWith('cus_') && <Button kind="text" size="small" label={t('imports:result.open')} href={`/customers/${row.record_id}`} />}
      </Row>
      {row.problems.map((problem, index) => {
        const cell = cellOf(problem.column);
        return (
          <Text key={index} variant="label" tone={row.outcome === 'rejected' ? 'danger' : 'muted'} style={styles.problem}>
            {words.problem(problem)}
            {cell ? ` · ${t('imports:result.cell', { cell })}` : ''}
          </Text>
        );
      })}
    </View>
  );
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    row: { gap: space.xs, paddingVertical: space.s, borderBottomWidth: 1, borderBottomColor: colors.divider },
    line: { width: 64 },
    name: { flex: 1, minWidth: 0 },
    problem: { paddingLeft: 64 + space.s },
  }),
);
