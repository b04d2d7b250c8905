import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Banner, Button, Chip, Column, Form, FormActions, Row, Text, TextField } from '@/ui';

import { KIND_ICONS } from './kinds';
import { LogDetails } from './LogDetails';
import { KINDS, type LogPrefill } from './logDraft';
import { NextStepFields } from './NextStepFields';
import { useLogForm, type LogTarget } from './useLogForm';

interface Props {
  customer: LogTarget;
  prefill?: LogPrefill;
  onSaved?: () => void;
  autoFocus?: boolean;
  /** Keeps the form to one line until somebody begins to write. */
  compact?: boolean;
}

/** Writes down a contact: kind, summary, next step, and the rest behind a button. Give it the customer's id as key. */
export function LogForm({ customer, prefill, onSaved = () => {}, autoFocus, compact }: Props) {
  const { t } = useTranslation();
  const form = useLogForm(customer, prefill, onSaved);
  const [details, setDetails] = useState(false);
  const [begun, setBegun] = useState(!compact);
  const { value, change, errors } = form;
  const open = begun || value.summary !== '' || value.nextStep !== '';
  const quick = t(`interactions:quick.${value.kind}`).split('|').filter(Boolean);
  const showQuick = quick.length > 0 && value.summary === '' && value.nextStep === '';

  return (
    <Form onSubmit={form.submit} errors={form.summary} busy={form.busy}>
      {form.restored && (
        <Banner tone="neutral" text={t('interactions:log.restored')} action={{ label: t('interactions:log.discard'), onPress: form.discard }} />
      )}
      <Row gap={8} wrap>
        {KINDS.map((kind) => (
          <Chip
            key={kind}
            icon={KIND_ICONS[kind]}
            label={t(`interactions:kinds.${kind}`)}
            selected={value.kind === kind}
            onPress={() => form.setKind(kind)}
            testID={`field-kind-${kind}`}
          />
        ))}
      </Row>
      <TextField
        label={t('interactions:log.summary')}
        placeholder={t('interactions:log.summaryHint')}
        value={value.summary}
        onChange={(summary) => change({ summary })}
        onFocus={() => setBegun(true)}
        error={errors.summary}
        multiline
        rows={open ? 3 : 1}
        maxLength={10_000}
        autoFocus={autoFocus}
        hideLabel={compact && !open}
        testID="field-summary"
      />
      {showQuick && open && (
        <Column gap={4}>
          <Text variant="label" tone="muted">
            {t('interactions:log.quick')}
          </Text>
          <Row gap={8} wrap>
            {quick.map((sentence) => (
              <Chip key={sentence} label={sentence} onPress={() => form.submitQuick(sentence)} />
            ))}
          </Row>
        </Column>
      )}
      {open && (
        <>
          <NextStepFields form={form} />
          {details && <LogDetails form={form} />}
          <FormActions>
            <Button
              kind="text"
              icon={details ? 'chevron-up' : 'chevron-down'}
              label={details ? t('interactions:log.fewer') : t('interactions:log.details')}
              onPress={() => setDetails(!details)}
              testID="action-log-details"
            />
            <Button kind="primary" label={t('interactions:log.save')} loading={form.busy} onPress={form.submit} testID="action-save-log" />
          </FormActions>
        </>
      )}
    </Form>
  );
}
