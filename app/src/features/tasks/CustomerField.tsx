import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { CustomerPicker } from '@/features/interactions/CustomerPicker';
import { Button, Chip, Column, Row, Text } from '@/ui';

interface Chosen {
  id: string;
  name: string;
}

interface Props {
  value: Chosen | null;
  onChange: (customer: Chosen | null) => void;
  error?: string;
}

/** The customer that a task is about, if any. */
export function CustomerField({ value, onChange, error }: Props) {
  const { t } = useTranslation();
  const [searching, setSearching] = useState(false);
  return (
    <Column gap="xs">
      <Text variant="label">{t('tasks:sheet.customer')}</Text>
      {value && (
        <Row>
          <Chip label={value.name} icon="domain" onRemove={() => onChange(null)} testID="field-customer" />
        </Row>
      )}
      {!value && !searching && (
        <Button size="small" icon="plus" label={t('tasks:sheet.addCustomer')} onPress={() => setSearching(true)} testID="action-add-customer" />
      )}
      {!value && searching && (
        <CustomerPicker
          onPick={({ id, name }) => {
            setSearching(false);
            onChange({ id, name });
          }}
        />
      )}
      {error && (
        <Text variant="caption" tone="danger" role="alert">
          {error}
        </Text>
      )}
    </Column>
  );
}
