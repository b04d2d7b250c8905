import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { StyleSheet, View } from 'react-native';

import { useCompanySettings } from '@/api/company';
import { ApiError } from '@/api/client';
import type { Customer, CustomerPatch } from '@/api/customers';
import type { Versioned } from '@/api/versioned';
import { themed } from '@/theme/theme';
import { Button, ConflictPanel, Form, Icon, Row, Text, useToast } from '@/ui';
import { Press } from '@/ui/Press';

import { useProblemText } from '../useProblemText';
import { editText, isProblem, patchOf, type EditableField } from './editable';
import { FieldEditor } from './FieldEditor';
import { FieldValue, useFieldText } from './FieldValue';
import { useSaveCustomer, type Saved } from './useSaveCustomer';

interface Props {
  field: EditableField;
  customer: Versioned<Customer>;
  canEdit: boolean;
}

interface Editing {
  text: string;
  /** The version that the person saw when they began: only against that can a conflict be told. */
  base: Versioned<Customer>;
}

/** One field of a customer: pressed it becomes a field to type in; Enter saves, Esc gives up. */
export function InlineField({ field, customer, canEdit }: Props) {
  const { t } = useTranslation();
  const styles = useStyles();
  const [editing, setEditing] = useState<Editing | null>(null);
  const { currency } = useCompanySettings();
  const label = t(`customers:fields.${field}`);
  const fieldText = useFieldText();

  if (editing) return <Editor field={field} editing={editing} setEditing={setEditing} />;

  const value = <FieldValue field={field} customer={customer.record} />;
  const text = fieldText(field, customer.record) || t('customers:basic.empty');
  return (
    <View style={styles.row}>
      <Text variant="label" tone="muted" style={styles.label}>
        {label}
      </Text>
      {canEdit ? (
        <Press
          role="button"
          aria-label={`${t('customers:basic.edit', { field: label })} ${text}`}
          onPress={() => setEditing({ text: editText(field, customer.record, currency), base: customer })}
          style={styles.value}
          testID={`field-${field}`}
        >
          <View style={styles.words}>{value}</View>
          <Icon name="pencil-outline" size={16} />
        </Press>
      ) : (
        <View style={styles.value} testID={`field-${field}`}>
          {value}
        </View>
      )}
    </View>
  );
}

interface EditorProps {
  field: EditableField;
  editing: Editing;
  setEditing: (editing: Editing | null) => void;
}

function Editor({ field, editing, setEditing }: EditorProps) {
  const { t } = useTranslation();
  const styles = useStyles();
  const toast = useToast();
  const problemText = useProblemText();
  const { currency } = useCompanySettings();
  const fieldText = useFieldText();
  const { base, text } = editing;
  const [error, setError] = useState<string>();
  const saving = useSaveCustomer(base.record.id);
  const label = t(`customers:fields.${field}`);

  const done = (saved: Saved) => {
    if (saved === 'conflict') return;
    toast.show({ text: saved === 'merged' ? t('customers:basic.merged') : t('customers:basic.saved', { field: label }), tone: 'success' });
    setEditing(null);
  };
  const failed = (problem: unknown) =>
    setError((problem instanceof ApiError && problemText.ofFields(problem)[field]) || problemText.ofError(problem));

  const save = () => {
    if (text === editText(field, base.record, currency)) return setEditing(null);
    const patch = patchOf(field, text, base.record, currency);
    if (isProblem(patch)) setError(t(`customers:problem.${patch.key}`, { count: patch.count }));
    else void saving.save(base, patch).then(done, failed);
  };

  if (saving.conflict) {
    const { mine, theirs, fields } = saving.conflict;
    return (
      <ConflictPanel
        mine={mine}
        theirs={theirs.record}
        fields={fields.map((key) => ({
          key,
          label: t(`customers:fields.${key as EditableField}`),
          format: (value) => fieldText(key as EditableField, { ...theirs.record, [key]: value } as Customer),
        }))}
        busy={saving.busy}
        onResolve={(picked) => void saving.resolve(picked as CustomerPatch).then(done, failed)}
      />
    );
  }

  return (
    <Form onSubmit={save} busy={saving.busy}>
      <View style={styles.editor}>
        <FieldEditor
          field={field}
          value={text}
          currency={base.record.revenue_currency ?? currency}
          onChange={(next) => {
            setEditing({ ...editing, text: next });
            setError(undefined);
          }}
          onCancel={() => setEditing(null)}
          error={error}
        />
        <Row gap={8} justify="flex-end">
          <Button size="small" label={t('common:cancel')} onPress={() => setEditing(null)} testID="action-cancel-edit" />
          <Button size="small" kind="primary" label={t('common:save')} loading={saving.busy} onPress={save} testID="action-save-field" />
        </Row>
      </View>
    </Form>
  );
}

const useStyles = themed(({ colors, density, radius, space }) =>
  StyleSheet.create({
    row: { flexDirection: 'row', alignItems: 'center', minHeight: density === 'touch' ? 48 : 36, gap: space.s },
    label: { width: 104 },
    value: {
      flex: 1,
      minWidth: 0,
      minHeight: density === 'touch' ? 44 : 32,
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.s,
      paddingHorizontal: space.s,
      borderRadius: radius.control,
    },
    words: { flex: 1, minWidth: 0 },
    editor: { gap: space.s, padding: space.m, borderRadius: radius.control, borderWidth: 1, borderColor: colors.divider },
  }),
);
