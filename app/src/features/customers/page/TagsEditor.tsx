import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Customer } from '@/api/customers';
import { useCan } from '@/api/session';
import { useTags } from '@/api/tags';
import type { Versioned } from '@/api/versioned';
import { Button, Chip, Column, Form, FormActions, MultiSelectField, Row, Sheet, Text, useToast } from '@/ui';

import { useProblemText } from '../useProblemText';
import { useSaveCustomer } from './useSaveCustomer';

/** The tags of a customer: a chip each, to take off or to open the list. */
export function TagsEditor({ customer }: { customer: Versioned<Customer> }) {
  const { t } = useTranslation();
  const canUpdate = useCan('customer:update');
  const [editing, setEditing] = useState(false);
  const { tags } = customer.record;
  return (
    <Row gap={8} wrap>
      {tags.map((tag) => (
        <Chip key={tag} label={tag} icon="tag-outline" />
      ))}
      {tags.length === 0 && !canUpdate && <Text tone="muted">{t('customers:tags.none')}</Text>}
      {canUpdate && (
        <Button
          kind="text"
          size="small"
          icon="tag-plus-outline"
          label={tags.length === 0 ? t('customers:tags.add') : t('customers:tags.edit')}
          onPress={() => setEditing(true)}
          testID="action-edit-tags"
        />
      )}
      {editing && <TagsSheet customer={customer} onClose={() => setEditing(false)} />}
    </Row>
  );
}

function TagsSheet({ customer, onClose }: { customer: Versioned<Customer>; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const problemText = useProblemText();
  const { data: known = [] } = useTags();
  const [base] = useState(customer);
  const [tags, setTags] = useState(base.record.tags);
  const [error, setError] = useState<string>();
  const { save, busy, conflict, resolve } = useSaveCustomer(base.record.id);

  const done = () => {
    toast.show({ text: t('customers:tags.saved'), tone: 'success' });
    onClose();
  };
  const failed = (problem: unknown) => setError(problemText.ofError(problem));
  const submit = () => {
    // Tags that two people gave do not contradict: both stay.
    if (conflict) void resolve({ tags: merged(base.record.tags, tags, conflict.theirs.record.tags) }).then(done, failed);
    else void save(base, { tags }).then((saved) => (saved === 'conflict' ? undefined : done()), failed);
  };

  return (
    <Sheet open onClose={onClose} title={t('customers:tags.edit')}>
      <Form onSubmit={submit} busy={busy} errors={error ? [error] : []}>
        <Column gap={16}>
          {conflict && <Text tone="warning">{t('customers:tags.meanwhile', { tags: conflict.theirs.record.tags.join(t('ui:list.separator')) })}</Text>}
          <MultiSelectField<string>
            label={t('customers:tags.title')}
            hint={t('customers:tags.hint')}
            value={tags}
            onChange={setTags}
            options={known.map(({ name }) => ({ value: name, label: name }))}
            allowNew={(name) => setTags((old) => [...old, name])}
            testID="field-tags"
          />
          <FormActions>
            <Button label={t('common:cancel')} onPress={onClose} />
            <Button label={t('common:save')} kind="primary" loading={busy} onPress={submit} testID="action-save-tags" />
          </FormActions>
        </Column>
      </Form>
    </Sheet>
  );
}

/** What I added and took off, applied to what somebody else has made of the tags. */
function merged(base: string[], mine: string[], theirs: string[]): string[] {
  const added = mine.filter((tag) => !base.includes(tag) && !theirs.includes(tag));
  const removed = base.filter((tag) => !mine.includes(tag));
  return [...theirs.filter((tag) => !removed.includes(tag)), ...added];
}
