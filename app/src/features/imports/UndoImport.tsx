import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useSteerImport, type Import } from '@/api/imports';
import { useCan } from '@/api/session';
import { Button, Dialog, Text, useToast } from '@/ui';

import { useImportWords } from './useImportWords';

/** Takes back what an import has stored, as a whole. */
export function UndoImport({ data }: { data: Import }) {
  const { t } = useTranslation();
  const toast = useToast();
  const words = useImportWords();
  const canUndo = useCan('import:create');
  const steer = useSteerImport(data.id);
  const [asking, setAsking] = useState(false);
  const count = data.created + data.updated - data.undone;
  if (!canUndo || count <= 0 || data.status === 'undone') return null;

  const undo = () =>
    steer.mutate('undo', {
      onError: (error) => toast.show({ text: words.error(error), tone: 'danger' }),
      onSettled: () => setAsking(false),
    });
  return (
    <>
      <Button icon="undo" label={t('imports:result.undo')} onPress={() => setAsking(true)} testID="action-undo" />
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('imports:result.undoTitle', { count })}
        actions={[
          { label: t('common:cancel'), kind: 'secondary', onPress: () => setAsking(false) },
          { label: t('imports:result.undoTitle', { count }), kind: 'danger', onPress: undo, loading: steer.isPending, testID: 'action-confirm-undo' },
        ]}
      >
        <Text>{t('imports:result.undoBody')}</Text>
      </Dialog>
    </>
  );
}
