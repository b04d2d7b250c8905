import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { BulkAction } from '@/api/customerBulk';
import { Button, Column, Form, FormActions, SelectField, Sheet } from '@/ui';

import { useOwnerOptions } from '../useOwnerOptions';

interface Props {
  count: number;
  busy: boolean;
  onClose: () => void;
  onApply: (change: BulkAction, told: (count: number) => string) => void;
}

/** Chooses who gets many customers. */
export function BulkAssign({ count, busy, onClose, onApply }: Props) {
  const { t } = useTranslation();
  const owners = useOwnerOptions('customer:update');
  const [owner, setOwner] = useState<string | null>(null);
  const title = t('customers:bulk.assignTitle', { count });
  const apply = () => {
    const chosen = owners.find(({ value }) => value === owner);
    if (!chosen) return;
    onApply({ action: 'assign', owner_id: chosen.value }, (done) => t('customers:bulk.assigned', { count: done, name: chosen.label }));
  };

  return (
    <Sheet open onClose={onClose} title={title}>
      <Form onSubmit={apply} busy={busy}>
        <Column gap={16}>
          <SelectField<string>
            label={t('customers:bulk.assignTo')}
            hint={t('customers:bulk.assignHint')}
            value={owner}
            onChange={setOwner}
            options={owners}
            searchable
            required
            testID="field-owner"
          />
          <FormActions>
            <Button label={t('common:cancel')} onPress={onClose} />
            <Button label={title} kind="primary" disabled={owner === null} loading={busy} onPress={apply} testID="action-apply-bulk" />
          </FormActions>
        </Column>
      </Form>
    </Sheet>
  );
}
