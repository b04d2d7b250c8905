import { useOutbox } from '@/outbox/Outbox';
import type { Bodies } from '@/outbox/unsent';
import { Column } from '@/ui';

import { WaitingRow } from './WaitingRow';

/** The contacts with a customer that have not reached the server: they stand above those that have. */
export function WaitingRecords({ customerId }: { customerId: string }) {
  const { waiting } = useOutbox();
  const here = waiting.filter(({ kind, body }) => kind === 'interaction' && (body as Bodies['interaction']).customer_id === customerId);
  if (here.length === 0) return null;
  return (
    <Column gap={8}>
      {here.map((unsent) => (
        <WaitingRow key={unsent.body.id} unsent={unsent} />
      ))}
    </Column>
  );
}
