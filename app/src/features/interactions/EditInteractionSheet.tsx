import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useUpdateInteraction, type Interaction } from '@/api/interactions';
import { Button, Chip, Form, Row, Sheet, TextField, useToast } from '@/ui';

import { KIND_ICONS } from './kinds';
import { LogDetails } from './LogDetails';
import { draftOf, KINDS, problemsOf, toPatch, withKind, type LogDraft, type LogFields } from './logDraft';

/** Changes what was written down about a contact. */
export function EditInteractionSheet({ interaction, onClose }: { interaction: Interaction; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const update = useUpdateInteraction();
  const [value, setValue] = useState<LogDraft>(() => draftOf(interaction));
  const [errors, setErrors] = useState<LogFields['errors']>({});
  const [summary, setSummary] = useState<string[]>([]);
  const change = (part: Partial<LogDraft>) => {
    setValue((old) => ({ ...old, ...part }));
    setErrors({});
  };

  const save = () => {
    const words = Object.fromEntries(
      Object.entries(problemsOf(value, new Date())).map(([field, problem]) => [field, t(`interactions:problem.${problem}`)]),
    );
    setErrors(words);
    if (Object.keys(words).length > 0) return;
    const patch = toPatch(value, interaction);
    if (Object.keys(patch).length === 0) return onClose();
    update.mutate(
      { id: interaction.id, patch },
      {
        onSuccess: () => {
          toast.show({ text: t('interactions:log.changed'), tone: 'success' });
          onClose();
        },
        onError: (error) => setSummary([error.offline ? t('customers:error.offline') : t('customers:error.generic')]),
      },
    );
  };

  return (
    <Sheet
      open
      onClose={onClose}
      title={t('interactions:log.editTitle')}
      footer={
        <Row gap={8} justify="flex-end">
          <Button label={t('common:cancel')} onPress={onClose} />
          <Button label={t('common:save')} kind="primary" loading={update.isPending} onPress={save} testID="action-save-interaction" />
        </Row>
      }
    >
      <Form onSubmit={save} errors={summary} busy={update.isPending}>
        <Row gap={8} wrap>
          {KINDS.map((kind) => (
            <Chip
              key={kind}
              icon={KIND_ICONS[kind]}
              label={t(`interactions:kinds.${kind}`)}
              selected={value.kind === kind}
              onPress={() => setValue(withKind(value, kind))}
            />
          ))}
        </Row>
        <TextField
          label={t('interactions:log.summary')}
          value={value.summary}
          onChange={(text) => change({ summary: text })}
          error={errors.summary}
          multiline
          maxLength={10_000}
          required
          testID="field-summary"
        />
        <TextField
          label={t('interactions:log.next')}
          value={value.nextStep}
          onChange={(nextStep) => change({ nextStep })}
          maxLength={300}
          testID="field-next_step"
        />
        <LogDetails form={{ value, change, errors }} withMembers={false} />
      </Form>
    </Sheet>
  );
}
