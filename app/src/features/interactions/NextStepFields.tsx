import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useCompanySettings } from '@/api/company';
import { useCan } from '@/api/session';
import { useFormat } from '@/i18n/format';
import { Chip, Column, DateTimeField, Row, Text, TextField } from '@/ui';

import { dueChoices } from './dueChoices';
import type { LogFields } from './logDraft';

/** The next step, and when to be reminded of it, which makes a task. */
export function NextStepFields({ form }: { form: LogFields }) {
  const { t } = useTranslation();
  const { timeZone } = useCompanySettings();
  const format = useFormat();
  const canPlan = useCan('task:create');
  const { value, change, errors } = form;
  const [choices] = useState(() => dueChoices(new Date(), timeZone));
  const [picking, setPicking] = useState(false);
  const usual = choices.some((choice) => choice.at === value.nextStepDueAt);

  return (
    <Column gap={8}>
      <TextField
        label={t('interactions:log.next')}
        placeholder={t('interactions:log.nextHint')}
        value={value.nextStep}
        onChange={(nextStep) => change({ nextStep })}
        error={errors.nextStep}
        maxLength={300}
        testID="field-next_step"
      />
      {canPlan && value.nextStep.trim() !== '' && (
        <Row gap={8} wrap>
          <Text variant="label" tone="muted">
            {t('interactions:log.due')}
          </Text>
          {choices.map((choice) => (
            <Chip
              key={choice.key}
              label={t(`interactions:due.${choice.key}`)}
              selected={value.nextStepDueAt === choice.at}
              onPress={() => change({ nextStepDueAt: value.nextStepDueAt === choice.at ? null : choice.at })}
              testID={`field-due-${choice.key}`}
            />
          ))}
          <Chip
            label={!usual && value.nextStepDueAt ? format.date(value.nextStepDueAt, 'dayTime') : t('interactions:due.pick')}
            selected={!usual && value.nextStepDueAt !== null}
            onPress={() => setPicking(!picking)}
          />
        </Row>
      )}
      {picking && value.nextStep.trim() !== '' && (
        <DateTimeField
          label={t('interactions:log.due')}
          mode="datetime"
          timeZone={timeZone}
          value={value.nextStepDueAt}
          onChange={(nextStepDueAt) => change({ nextStepDueAt })}
          testID="field-next_step_due_at"
        />
      )}
    </Column>
  );
}
