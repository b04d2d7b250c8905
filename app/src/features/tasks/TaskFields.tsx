import { View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useMembers } from '@/api/members';
import { useScope, useSession } from '@/api/session';
import { reach } from '@/features/settings/tree';
import { useFormat } from '@/i18n/format';
import { Chip, Column, DateTimeField, Row, SelectField, Text, TextField } from '@/ui';

import { CustomerField } from './CustomerField';
import { laterChoices, LEADS } from './due';
import type { TaskForm } from './form';

interface Props {
  form: TaskForm;
  onChange: (part: Partial<TaskForm>) => void;
  /** By the API's names of the fields. */
  errors: Record<string, string | undefined>;
  editing: boolean;
  onSubmit: () => void;
}

export function TaskFields({ form, onChange, errors, editing, onSubmit }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        label={t('tasks:sheet.title')}
        hint={form.title ? undefined : t('tasks:sheet.titleHint')}
        value={form.title}
        onChange={(title) => onChange({ title })}
        error={errors.title}
        onSubmit={onSubmit}
        autoFocus={!editing}
        required
        testID="field-title"
      />
      <CustomerField value={form.customer} onChange={(customer) => onChange({ customer })} error={errors.customer_id} />
      <DueFields form={form} onChange={onChange} errors={errors} />
      <AssigneeField form={form} onChange={onChange} error={errors.assignee_id} />
      {!editing && (
        <Choices
          label={t('tasks:sheet.kind')}
          value={form.kind === 'survey' ? 'todo' : form.kind}
          options={[
            { value: 'todo', label: t('tasks:sheet.kinds.todo') },
            { value: 'follow_up', label: t('tasks:sheet.kinds.follow_up') },
          ]}
          onChange={(kind) => onChange({ kind })}
        />
      )}
      <Choices
        label={t('tasks:sheet.priority')}
        value={form.priority}
        options={(['low', 'normal', 'high'] as const).map((value) => ({ value, label: t(`tasks:sheet.priorities.${value}`) }))}
        onChange={(priority) => onChange({ priority })}
      />
      <TextField
        label={t('tasks:sheet.note')}
        value={form.note}
        onChange={(note) => onChange({ note })}
        error={errors.note}
        multiline
        testID="field-note"
      />
    </>
  );
}

function DueFields({ form, onChange, errors }: Pick<Props, 'form' | 'onChange' | 'errors'>) {
  const { t } = useTranslation();
  const { timeZone } = useFormat();
  const leads = LEADS.some((lead) => lead === form.lead) || form.lead === null ? [...LEADS] : [form.lead, ...LEADS];
  return (
    <Column gap="l">
      <Column gap="s">
        <DateTimeField
          label={t('tasks:sheet.due')}
          value={form.due}
          onChange={(due) => onChange({ due })}
          mode="datetime"
          timeZone={timeZone}
          error={errors.due_at}
          testID="field-due"
        />
        <Row gap={8} wrap>
          {laterChoices(new Date(), timeZone).map((choice) => (
            <Chip
              key={choice.key}
              label={t(`tasks:later.${choice.key}`)}
              selected={form.due !== null && Date.parse(form.due) === choice.at.getTime()}
              onPress={() => onChange({ due: choice.at.toISOString() })}
            />
          ))}
        </Row>
      </Column>
      {form.due && (
        <SelectField
          label={t('tasks:sheet.remind')}
          value={form.lead === null ? 'never' : String(form.lead)}
          onChange={(lead) => onChange({ lead: lead === 'never' || lead === null ? null : Number(lead) })}
          options={[...leads.map((lead) => ({ value: String(lead), label: leadLabel(lead) })), { value: 'never', label: t('tasks:sheet.lead.never') }]}
          error={errors.reminders}
          testID="field-remind"
        />
      )}
    </Column>
  );

  function leadLabel(minutes: number): string {
    if (minutes === 0) return t('tasks:sheet.lead.atDue');
    if (minutes % 1440 === 0) return t('tasks:sheet.lead.days', { count: minutes / 1440 });
    if (minutes % 60 === 0) return t('tasks:sheet.lead.hours', { count: minutes / 60 });
    return t('tasks:sheet.lead.minutes', { count: minutes });
  }
}

/** Offers those to whom the person may assign; absent when that is only themselves. */
function AssigneeField({ form, onChange, error }: Pick<Props, 'form' | 'onChange'> & { error?: string }) {
  const { t } = useTranslation();
  const { compareNames } = useFormat();
  const me = useSession().member?.id ?? '';
  const scope = useScope('task:create');
  const { data: members = [] } = useMembers({ enabled: scope !== 'own', choosing: true });
  const allowed = reach(members, me, scope);
  if (allowed.length < 2) return null;
  const options = [...allowed]
    .sort((a, b) => Number(b.id === me) - Number(a.id === me) || compareNames(a.name, b.name))
    .map(({ id, name }) => ({ value: id, label: id === me ? t('tasks:sheet.assigneeMe', { name }) : name }));
  return (
    <SelectField
      label={t('tasks:sheet.assignee')}
      value={form.assignee}
      onChange={(assignee) => assignee && onChange({ assignee })}
      options={options}
      searchable={options.length > 8}
      error={error}
      testID="field-assignee"
    />
  );
}

interface ChoicesProps<T extends string> {
  label: string;
  value: T;
  options: { value: T; label: string }[];
  onChange: (value: T) => void;
}

/** A few words of which one holds. */
function Choices<T extends string>({ label, value, options, onChange }: ChoicesProps<T>) {
  return (
    <Column gap="xs">
      <Text variant="label">{label}</Text>
      <View role="group" aria-label={label}>
        <Row gap="s" wrap>
          {options.map((option) => (
            <Chip key={option.value} label={option.label} selected={option.value === value} onPress={() => onChange(option.value)} />
          ))}
        </Row>
      </View>
    </Column>
  );
}
