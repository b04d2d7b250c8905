import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useCustomer, type Customer } from '@/api/customers';
import { Button, ErrorState, Row, Sheet, Skeleton, Text } from '@/ui';

import { CustomerPicker } from './CustomerPicker';
import { LogForm } from './LogForm';
import type { LogPrefill } from './logDraft';

interface Props {
  open: boolean;
  onClose: () => void;
  /** Without it the customer is chosen first. */
  customerId?: string;
  /** What a call that was just made fills in. */
  prefill?: LogPrefill;
}

/** Logging a contact from anywhere. */
export function LogSheet({ open, onClose, customerId, prefill }: Props) {
  const { t } = useTranslation();
  return (
    <Sheet open={open} onClose={onClose} title={t('interactions:log.title')} testID="panel-log">
      {open && <Content key={customerId} customerId={customerId} prefill={prefill} onDone={onClose} />}
    </Sheet>
  );
}

function Content({ customerId, prefill, onDone }: { customerId?: string; prefill?: LogPrefill; onDone: () => void }) {
  const [picked, setPicked] = useState<Customer | null>(null);
  const { data, error, refetch } = useCustomer(customerId);
  const customer = data?.record ?? picked;

  if (customer) return <For customer={customer} prefill={prefill} onDone={onDone} onChange={customerId ? undefined : () => setPicked(null)} />;
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return customerId ? <Skeleton lines={6} /> : <CustomerPicker onPick={setPicked} />;
}

interface ForProps {
  customer: Customer;
  prefill?: LogPrefill;
  onDone: () => void;
  onChange?: () => void;
}

function For({ customer, prefill, onDone, onChange }: ForProps) {
  const { t } = useTranslation();
  return (
    <>
      <Row gap={8} justify="space-between">
        <Text variant="section" lines={1} style={{ flexShrink: 1 }}>
          {customer.name}
        </Text>
        {onChange && <Button kind="text" size="small" label={t('interactions:log.change')} onPress={onChange} />}
      </Row>
      {prefill && <Text tone="muted">{t('interactions:log.afterCall')}</Text>}
      <LogForm key={customer.id} customer={{ id: customer.id, name: customer.name, contactName: customer.contact_name }} prefill={prefill} onSaved={onDone} />
    </>
  );
}
