import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { downloadRejected } from '@/api/imports';
import { saveFile } from '@/files/saveFile';
import { Button, isWeb, useToast } from '@/ui';

import { useImportWords } from './useImportWords';

/** The rejected rows as files to mend. Phones have no place to put them. */
export function RejectedDownload({ id }: { id: string }) {
  const { t } = useTranslation();
  const toast = useToast();
  const words = useImportWords();
  const [busy, setBusy] = useState<'csv' | 'xlsx' | null>(null);
  if (!isWeb) return null;

  const download = async (format: 'csv' | 'xlsx') => {
    setBusy(format);
    try {
      await saveFile(await downloadRejected(id, format), `${t('imports:result.downloadName')}.${format}`);
      toast.show({ text: t('imports:result.downloadHint') });
    } catch (error) {
      toast.show({ text: words.error(error), tone: 'danger' });
    } finally {
      setBusy(null);
    }
  };
  return (
    <>
      <Button icon="download-outline" label={t('imports:result.downloadCsv')} loading={busy === 'csv'} onPress={() => void download('csv')} testID="action-download-csv" />
      <Button
        icon="download-outline"
        label={t('imports:result.downloadXlsx')}
        loading={busy === 'xlsx'}
        onPress={() => void download('xlsx')}
        testID="action-download-xlsx"
      />
    </>
  );
}
