import { useTranslation } from 'react-i18next';

import { useCompanySettings } from '@/api/company';
import { useMembers } from '@/api/members';
import { useTags } from '@/api/tags';
import { useFormat } from '@/i18n/format';
import { Chip, Column, DateTimeField, MultiSelectField, Row, SelectField, Text, TextField } from '@/ui';

import { shape, type EditedCondition } from './editing';
import { FILTER_FIELDS, STAGES } from './fields';

interface Props {
  edited: EditedCondition;
  onChange: (values: string[]) => void;
  error?: string;
}

/** The control for the values of a sentence, by what the field holds and the operator asks. */
export function ConditionValue({ edited, onChange, error }: Props) {
  const { t } = useTranslation();
  const { timeZone, currency } = useCompanySettings();
  const [value = ''] = edited.values;

  switch (shape(edited.field, edited.operator)) {
    case 'many':
      return <Choices edited={edited} onChange={onChange} error={error} />;
    case 'span':
      return <Span value={value} onChange={(span) => onChange([span])} error={error} />;
    case 'date':
      return (
        <DateTimeField
          label={t('customers:filter.date')}
          mode="date"
          timeZone={timeZone}
          value={value || null}
          onChange={(date) => onChange(date ? [date] : [])}
          error={error}
          testID="field-filter-value"
        />
      );
    case 'amount':
    case 'number':
      return (
        <TextField
          label={t('customers:filter.number')}
          keyboard="number"
          value={value}
          onChange={(text) => onChange([text])}
          suffix={FILTER_FIELDS[edited.field] === 'money' ? <Text tone="muted">{currency}</Text> : undefined}
          error={error}
          testID="field-filter-value"
        />
      );
    default:
      return (
        <TextField label={t('customers:filter.value')} value={value} onChange={(text) => onChange([text])} error={error} testID="field-filter-value" />
      );
  }
}

function Choices({ edited, onChange, error }: Props) {
  const { t } = useTranslation();
  const { compareNames } = useFormat();
  const kind = FILTER_FIELDS[edited.field];
  const { data: members = [] } = useMembers({ enabled: kind === 'member' });
  const { data: tags = [] } = useTags({ enabled: kind === 'tags' });

  if (kind === 'stage') {
    const toggle = (stage: string) =>
      onChange(edited.values.includes(stage) ? edited.values.filter((value) => value !== stage) : [...edited.values, stage]);
    return (
      <Column gap={4}>
        <Row gap={8} wrap>
          {STAGES.map((stage) => (
            <Chip
              key={stage}
              stage={stage}
              label={t(`common:stage.${stage}`)}
              selected={edited.values.includes(stage)}
              onPress={() => toggle(stage)}
            />
          ))}
        </Row>
        {error && (
          <Text variant="caption" tone="danger">
            {error}
          </Text>
        )}
      </Column>
    );
  }
  const people = [...members].sort((a, b) => compareNames(a.name, b.name)).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <MultiSelectField<string>
      label={t('customers:filter.value')}
      value={edited.values}
      onChange={onChange}
      options={kind === 'tags' ? tags.map(({ name }) => ({ value: name, label: name })) : [{ value: 'me', label: t('customers:filter.me') }, ...people]}
      error={error}
      testID="field-filter-value"
    />
  );
}

/** A span of time such as 7d, in a number and its unit. */
function Span({ value, onChange, error }: { value: string; onChange: (span: string) => void; error?: string }) {
  const { t } = useTranslation();
  const unit = /[mhdw]$/.exec(value)?.[0] ?? 'd';
  const count = value.slice(0, -1);
  const units = unit === 'm' || unit === 'h' ? (['m', 'h', 'd', 'w'] as const) : (['d', 'w'] as const);
  return (
    <Row gap={12} align="flex-start">
      <TextField
        label={t('customers:filter.number')}
        keyboard="number"
        value={count}
        onChange={(text) => onChange(text.replace(/\D/g, '').slice(0, 4) + unit)}
        error={error}
        testID="field-filter-value"
      />
      <SelectField<string>
        label={t('customers:filter.unit')}
        value={unit}
        onChange={(next) => onChange(count + (next ?? 'd'))}
        options={units.map((key) => ({ value: key, label: t(`customers:filter.units.${key}`) }))}
      />
    </Row>
  );
}
