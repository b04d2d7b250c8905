import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useOpenPanel } from '@/features/shell/panels';
import { useOutbox } from '@/outbox/Outbox';
import type { Bodies, Unsent } from '@/outbox/unsent';
import { Button, Column, Dialog, EmptyState, Sheet, Text, useOnline, useToast } from '@/ui';

import { useSending } from './useSending';
import { WaitingRow } from './WaitingRow';

/** What has not reached the server: to be sent, to be mended, or to be given up. */
export function WaitingSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const online = useOnline();
  const openPanel = useOpenPanel();
  const { waiting, sending, drop, takeBack } = useOutbox();
  const send = useSending();
  const [dropping, setDropping] = useState<Unsent | null>(null);

  const edit = async (unsent: Unsent) => {
    if (!(await takeBack(unsent))) return toast.show({ text: t('outbox:formTaken'), tone: 'danger' });
    if (unsent.kind === 'interaction') openPanel('log', (unsent.body as Bodies['interaction']).customer_id);
    else if (unsent.kind === 'customer') openPanel('customer');
    else openPanel('task', (unsent.body as Bodies['task']).customer_id ?? undefined);
  };
  return (
    <Sheet
      open
      onClose={onClose}
      title={t('outbox:title')}
      testID="panel-waiting"
      footer={
        waiting.length > 0 && (
          <Button kind="primary" icon="send-outline" label={t('outbox:sendAll')} disabled={!online} loading={sending} onPress={() => void send(waiting)} testID="action-send-waiting" />
        )
      }
    >
      {waiting.length === 0 ? (
        <EmptyState icon="check-all" title={t('outbox:empty')} body={t('outbox:emptyBody')} />
      ) : (
        <Column gap={12}>
          <Text tone="muted">{online ? t('outbox:explain') : t('outbox:explainOffline')}</Text>
          {waiting.map((unsent) => (
            <WaitingRow key={unsent.body.id} unsent={unsent} onEdit={() => void edit(unsent)} onDrop={() => setDropping(unsent)} />
          ))}
        </Column>
      )}
      <Dialog
        open={dropping !== null}
        onClose={() => setDropping(null)}
        title={t('outbox:dropTitle')}
        actions={[
          { label: t('common:cancel'), onPress: () => setDropping(null) },
          {
            label: t('outbox:drop'),
            kind: 'danger',
            onPress: () => {
              if (dropping) void drop(dropping);
              setDropping(null);
            },
            testID: 'action-confirm-drop',
          },
        ]}
      >
        <Text>{t('outbox:dropBody', { title: dropping?.title ?? '' })}</Text>
      </Dialog>
    </Sheet>
  );
}
