import { useTranslation } from 'react-i18next';
import { StyleSheet, View } from 'react-native';

import type { ApiError } from '@/api/client';
import type { ImportPreview, PreviewRow } from '@/api/imports';
import { useFormat } from '@/i18n/format';
import { themed } from '@/theme/theme';
import { Card, ErrorState, Row, Skeleton, StageChip, Text } from '@/ui';

import { Counts } from './Counts';
import { OutcomeChip } from './OutcomeChip';
import { useImportWords } from './useImportWords';

interface Props {
  preview: ImportPreview | undefined;
  busy: boolean;
  error: ApiError | null;
  onRetry: () => void;
}

/** What the first rows will come to, with every problem. */
export function PreviewCard({ preview, busy, error, onRetry }: Props) {
  const { t } = useTranslation();
  const styles = useStyles();
  return (
    <Card
      title={t('imports:preview.title')}
      action={
        <Text variant="label" tone="muted" role="status">
          {busy ? t('imports:preview.checking') : preview ? t('imports:preview.checked', { count: preview.checked }) : ''}
        </Text>
      }
      testID="panel-preview"
    >
      {error && !preview && <ErrorState error={error} onRetry={onRetry} />}
      {!preview && !error && <Skeleton lines={6} />}
      {preview && (
        <View style={busy && styles.stale}>
          <Counts counts={preview} />
          <View style={styles.rows}>
            {preview.rows.map((row) => (
              <PreviewLine key={row.line} row={row} />
            ))}
          </View>
          {preview.checked > preview.rows.length && (
            <Text variant="caption" tone="muted">
              {t('imports:preview.rowsOnly', { count: preview.rows.length })}
            </Text>
          )}
        </View>
      )}
    </Card>
  );
}

function PreviewLine({ row }: { row: PreviewRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const styles = useStyles();
  const words = useImportWords();
  const { customer, contact, problems, outcome, line } = row;
  const name = (customer ?? contact)?.name;
  const facts = customer
    ? [
        customer.contact_name,
        customer.phone && format.phone(customer.phone),
        customer.email,
        customer.revenue !== null && format.money(customer.revenue, customer.revenue_currency ?? undefined),
        ...customer.tags,
      ]
    : contact
      ? [contact.customer?.name, contact.title, ...contact.phones.map((p) => p.national ?? p.number), ...contact.emails.map((e) => e.address), ...contact.tags]
      : [];
  return (
    <View style={styles.row} testID={`row-${line}`}>
      <Row gap={8} wrap>
        <Text variant="label" tone="muted" tabular style={styles.line}>
          {t('imports:preview.lineAt', { line })}
        </Text>
        <OutcomeChip outcome={outcome} />
        <Text strong lines={1} style={styles.name}>
          {name || '–'}
        </Text>
        {outcome === 'created' && customer && <StageChip stage={customer.lifecycle} />}
        <Text tone="muted" lines={1} style={styles.name}>
          {facts.filter(Boolean).join(' · ')}
        </Text>
      </Row>
      {problems.map((problem, index) => (
        <Text key={index} variant="label" tone={outcome === 'rejected' ? 'danger' : 'muted'} style={styles.problem}>
          {words.problem(problem)}
        </Text>
      ))}
    </View>
  );
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    stale: { opacity: 0.6 },
    rows: { paddingTop: space.m },
    row: { gap: space.xs, paddingVertical: space.s, borderTopWidth: 1, borderTopColor: colors.divider },
    line: { width: 64 },
    name: { flexShrink: 1, minWidth: 0 },
    problem: { paddingLeft: 64 + space.s },
  }),
);
