import { useTranslation } from 'react-i18next';
import { StyleSheet, View } from 'react-native';

import type { ColumnMapping, Import, ImportColumn } from '@/api/imports';
import { themed } from '@/theme/theme';
import { Button, Card, Chip, Column, SelectField, Text, useWidth, type Tone } from '@/ui';

import { assign, certainty, fieldOf, inFileOrder } from './mapping';
import { useImportFields } from './useImportFields';

const TONES: Record<ReturnType<typeof certainty>, Tone> = { sure: 'success', guess: 'warning', own: 'primary', ignored: 'neutral' };

/** Which field each column fills. */
export function MappingCard({ data, onChange }: { data: Import; onChange: (mapping: ColumnMapping[]) => void }) {
  const { t } = useTranslation();
  const { mapping, suggested, columns } = data;
  const changed = JSON.stringify(inFileOrder(mapping, columns)) !== JSON.stringify(inFileOrder(suggested, columns));

  return (
    <Card
      title={t('imports:map.title')}
      action={
        changed && (
          <Button
            kind="text"
            size="small"
            icon="restore"
            label={t('imports:map.reset')}
            onPress={() => onChange(inFileOrder(suggested, columns))}
            testID="action-reset-mapping"
          />
        )
      }
    >
      <Text tone="muted">{data.saved_mapping ? t('imports:map.saved', { name: data.saved_mapping.name }) : t('imports:map.hint')}</Text>
      <Column gap={0}>
        {columns.map((column) => (
          <ColumnRow key={column.key} column={column} data={data} onAssign={(field) => onChange(inFileOrder(assign(mapping, column.key, field), columns))} />
        ))}
      </Column>
    </Card>
  );
}

interface RowProps {
  column: ImportColumn;
  data: Import;
  onAssign: (field: string | null) => void;
}

function ColumnRow({ column, data, onAssign }: RowProps) {
  const { t } = useTranslation();
  const styles = useStyles();
  const fields = useImportFields();
  const phone = useWidth() === 'phone';
  const sureness = certainty(data.suggested, data.mapping, column.key);
  const name = t('imports:map.columnName', { key: column.key });
  return (
    <View style={[styles.row, phone && styles.stacked]} testID={`row-${column.key}`}>
      <View style={phone ? undefined : styles.column}>
        <Text strong lines={1}>
          {column.heading || t('imports:map.noHeading')}
        </Text>
        <Text variant="caption" tone="muted" lines={1}>
          {[name, ...column.samples.filter(Boolean)].join(' · ')}
        </Text>
      </View>
      <View style={phone ? undefined : styles.field}>
        <SelectField<string>
          label={t('imports:map.fieldOf', { column: column.heading || name })}
          hideLabel
          value={fieldOf(data.mapping, column.key)}
          onChange={onAssign}
          options={fields}
          placeholder={t('imports:map.ignore')}
          searchable
          clearable
          testID={`field-column-${column.key}`}
        />
      </View>
      <View style={phone ? undefined : styles.sureness}>
        <Chip tone={TONES[sureness]} label={t(`imports:map.certainty.${sureness}`)} />
      </View>
    </View>
  );
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    row: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.m,
      paddingVertical: space.s,
      borderBottomWidth: 1,
      borderBottomColor: colors.divider,
    },
    stacked: { flexDirection: 'column', alignItems: 'stretch', gap: space.xs },
    column: { width: '45%', minWidth: 0 },
    field: { flex: 1, maxWidth: 280 },
    sureness: { width: 96 },
  }),
);
