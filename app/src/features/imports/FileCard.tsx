import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Import, ImportPatch } from '@/api/imports';
import { useFormat } from '@/i18n/format';
import { Banner, Button, Card, Column, Row, SelectField, Text } from '@/ui';

import { useImportWords } from './useImportWords';

const ENCODINGS = ['utf-8', 'gb18030', 'big5', 'utf-16le', 'utf-16be', 'windows-1252', 'shift_jis'];
const DELIMITERS = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'pipe' } as const;
type Delimiter = keyof typeof DELIMITERS;

/** What the file turned out to be, and how to read it otherwise. */
export function FileCard({ data, onChange }: { data: Import; onChange: (patch: ImportPatch) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useImportWords();
  const [changing, setChanging] = useState(false);
  const { file, rows_total, notices } = data;
  const facts = [
    sizeOf(file.size, format.number),
    t('imports:file.rows', { count: rows_total }),
    file.kind === 'csv' ? `${t('imports:file.encoding')} ${file.encoding}` : `${t('imports:file.sheet')} ${file.sheet}`,
  ];

  return (
    <Card
      title={t('imports:file.title')}
      action={
        <Button
          kind="text"
          size="small"
          label={changing ? t('imports:file.hide') : t('imports:file.change')}
          onPress={() => setChanging(!changing)}
          testID="action-change-reading"
        />
      }
    >
      <Text tone="muted">{facts.join(' · ')}</Text>
      {changing && <Reading data={data} onChange={onChange} />}
      {notices.length > 0 && (
        <Column gap={4}>
          <Text variant="label">{t('imports:notices.title')}</Text>
          {notices.map((notice) => (
            <Banner key={notice.code} tone="neutral" text={words.notice(notice)} />
          ))}
        </Column>
      )}
    </Card>
  );
}

function Reading({ data: { file }, onChange }: { data: Import; onChange: (patch: ImportPatch) => void }) {
  const { t } = useTranslation();
  const encodings = [...new Set([...ENCODINGS, file.encoding].filter(Boolean))];
  const lines = [...new Set([1, 2, 3, 4, 5, file.header_line])].filter((line) => line > 0).sort((a, b) => a - b);
  return (
    <Row gap={12} wrap align="flex-start">
      {file.kind === 'xlsx' && (
        <SelectField<string>
          label={t('imports:file.sheet')}
          value={file.sheet}
          onChange={(sheet) => onChange({ sheet })}
          options={file.sheets.map(({ name, hidden, rows }) => ({
            value: name,
            label: name,
            hint: [t('imports:file.sheetRows', { count: rows }), hidden && t('imports:file.hidden')].filter(Boolean).join(' · '),
          }))}
          testID="field-sheet"
        />
      )}
      {file.kind === 'csv' && (
        <>
          <SelectField<string>
            label={t('imports:file.encoding')}
            value={file.encoding}
            onChange={(encoding) => onChange({ encoding })}
            options={encodings.map((value) => ({ value, label: value.toUpperCase() }))}
            testID="field-encoding"
          />
          <SelectField<Delimiter>
            label={t('imports:file.delimiter')}
            value={file.delimiter in DELIMITERS ? (file.delimiter as Delimiter) : null}
            onChange={(delimiter) => onChange({ delimiter })}
            options={(Object.keys(DELIMITERS) as Delimiter[]).map((value) => ({ value, label: t(`imports:file.delimiters.${DELIMITERS[value]}`) }))}
            testID="field-delimiter"
          />
        </>
      )}
      <SelectField<string>
        label={t('imports:file.header')}
        value={String(file.header_line === 0 ? -1 : file.header_line)}
        onChange={(line) => onChange({ header_line: line === null ? null : Number(line) })}
        options={[
          { value: '-1', label: t('imports:file.noHeader') },
          ...lines.map((line) => ({ value: String(line), label: t('imports:file.headerLine', { line }) })),
        ]}
        testID="field-header_line"
      />
    </Row>
  );
}

function sizeOf(bytes: number, number: (value: number, digits?: number) => string): string {
  return bytes < 1024 * 1024 ? `${number(Math.max(1, bytes / 1024))} kB` : `${number(bytes / 1024 / 1024, 1)} MB`;
}
