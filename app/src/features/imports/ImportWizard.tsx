import { useTranslation } from 'react-i18next';

import { useImportPreview, useMapImport, useSteerImport, type Import, type ImportPatch } from '@/api/imports';
import { useCan } from '@/api/session';
import { Banner, Button, Column, FormActions, useToast } from '@/ui';

import { FileCard } from './FileCard';
import { MappingCard } from './MappingCard';
import { missingFields } from './mapping';
import { OptionsCard } from './OptionsCard';
import { PreviewCard } from './PreviewCard';
import { useImportWords } from './useImportWords';

/** Before an import runs: how the file is read, what the columns mean, and what the rows will come to. */
export function ImportWizard({ data }: { data: Import }) {
  const { t } = useTranslation();
  const toast = useToast();
  const words = useImportWords();
  const canRun = useCan('import:create');
  const preview = useImportPreview(data.id, canRun);
  const map = useMapImport(data.id);
  const steer = useSteerImport(data.id);
  const missing = missingFields(data.mapping, data.options);

  const tell = (error: unknown) => toast.show({ text: words.error(error), tone: 'danger' });
  const change = (patch: ImportPatch) => map.mutate(patch, { onError: tell });
  const run = () => steer.mutate('run', { onError: tell });

  return (
    <Column gap={16}>
      <FileCard data={data} onChange={change} />
      <MappingCard data={data} onChange={(mapping) => change({ mapping })} />
      <OptionsCard data={data} onChange={(options) => change({ options })} />
      {missing.length > 0 && (
        <Banner tone="warning" text={t('imports:map.missing', { fields: missing.map(words.field).join(t('ui:list.separator')) })} />
      )}
      <PreviewCard preview={preview.data} busy={map.isPending || preview.isFetching} error={preview.error} onRetry={() => void preview.refetch()} />
      {canRun && (
        <FormActions>
          <Button
            kind="primary"
            label={t('imports:run.startCount', { count: data.rows_total })}
            loading={steer.isPending}
            disabled={missing.length > 0 || map.isPending}
            reason={missing.length > 0 ? t('imports:run.blocked') : undefined}
            onPress={run}
            testID="action-run"
          />
        </FormActions>
      )}
    </Column>
  );
}
