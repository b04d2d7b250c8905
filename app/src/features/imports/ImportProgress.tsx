import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useSteerImport, type Import } from '@/api/imports';
import { useCan } from '@/api/session';
import { useFormat } from '@/i18n/format';
import { Button, Card, Dialog, Progress, Text, useToast } from '@/ui';

import { Counts } from './Counts';
import { useImportWords } from './useImportWords';

/** A worker is busy: how far it is, and the button that stops it. */
export function ImportProgress({ data }: { data: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const words = useImportWords();
  const canSteer = useCan('import:create');
  const steer = useSteerImport(data.id);
  const [asking, setAsking] = useState(false);
  const undoing = data.status === 'undoing';

  const label =
    data.status === 'queued'
      ? t('imports:run.queued')
      : undoing
        ? t('imports:run.undoing', { done: format.number(data.undone) })
        : t('imports:run.progress', { done: format.number(data.rows_done), total: format.number(data.rows_total) });

  const stop = () =>
    steer.mutate('cancel', {
      onError: (error) => toast.show({ text: words.error(error), tone: 'danger' }),
      onSettled: () => setAsking(false),
    });

  return (
    <Card testID="panel-progress">
      <Progress value={data.percent / 100} label={label} />
      {!undoing && <Counts counts={data} />}
      <Text tone="muted">{t('imports:run.leave')}</Text>
      {canSteer && !undoing && <Button label={t('imports:run.stop')} onPress={() => setAsking(true)} testID="action-stop" />}
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('imports:run.stopTitle')}
        actions={[
          { label: t('imports:run.continue'), kind: 'secondary', onPress: () => setAsking(false) },
          { label: t('imports:run.stop'), kind: 'danger', onPress: stop, loading: steer.isPending, testID: 'action-confirm-stop' },
        ]}
      >
        <Text>{data.options.on_error === 'all_or_nothing' ? t('imports:run.stopAllOrNothing') : t('imports:run.stopBody')}</Text>
      </Dialog>
    </Card>
  );
}
