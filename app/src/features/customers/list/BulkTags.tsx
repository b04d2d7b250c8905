import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { BulkAction } from '@/api/customerBulk';
import { useTags } from '@/api/tags';
import { Button, Column, Form, FormActions, MultiSelectField, Sheet } from '@/ui';

interface Props {
  action: 'tag' | 'untag';
  count: number;
  busy: boolean;
  onClose: () => void;
  onApply: (change: BulkAction, told: (count: number) => string) => void;
}

/** Chooses tags to give to, or to take off, many customers. */
export function BulkTags({ action, count, busy, onClose, onApply }: Props) {
  const { t } = useTranslation();
  const { data: known = [] } = useTags();
  const [tags, setTags] = useState<string[]>([]);
  const title = action === 'tag' ? t('customers:bulk.tagTitle', { count }) : t('customers:bulk.untagTitle', { count });
  const apply = () => {
    if (tags.length === 0) return;
    onApply({ action, tags }, (done) =>
      action === 'tag' ? t('customers:bulk.tagged', { count: done }) : t('customers:bulk.untagged', { count: done }),
    );
  };

  return (
    <Sheet open onClose={onClose} title={title}>
      <Form onSubmit={apply} busy={busy}>
        <Column gap={16}>
          <MultiSelectField<string>
            label={t('customers:tags.title')}
            value={tags}
            onChange={setTags}
            options={known.map(({ name }) => ({ value: name, label: name }))}
            allowNew={action === 'tag' ? (name) => setTags((old) => [...old, name]) : undefined}
            testID="field-tags"
          />
          <FormActions>
            <Button label={t('common:cancel')} onPress={onClose} />
            <Button label={title} kind="primary" disabled={tags.length === 0} loading={busy} onPress={apply} testID="action-apply-bulk" />
          </FormActions>
        </Column>
      </Form>
    </Sheet>
  );
}
