import { useLocalSearchParams } from 'expo-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { isUnderWay, useImport, useImportEnded, type Import } from '@/api/imports';
import { ErrorState, IconButton, Screen, Skeleton, useWidth } from '@/ui';

import { ImportProgress } from './ImportProgress';
import { ImportResult } from './ImportResult';
import { ImportStatus } from './ImportStatus';
import { ImportWizard } from './ImportWizard';

/** One import: being mapped, running, or what came of it. */
export function ImportScreen() {
  const { t } = useTranslation();
  const phone = useWidth() === 'phone';
  const { id } = useLocalSearchParams<{ id: string }>();
  const { data, error, refetch } = useImport(id);
  useRefreshAtEnd(data?.status);

  return (
    <Screen
      title={data?.file_name ?? t('imports:list.title')}
      subtitle={data && <ImportStatus status={data.status} />}
      // On phones the bar above has the way back.
      actions={!phone && <IconButton icon="arrow-left" label={t('imports:list.title')} href="/imports" testID="action-back" />}
    >
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton lines={8} />}
      {data && <Stage data={data} />}
    </Screen>
  );
}

function Stage({ data }: { data: Import }) {
  if (data.status === 'mapping') return <ImportWizard data={data} />;
  return isUnderWay(data.status) ? <ImportProgress data={data} /> : <ImportResult data={data} />;
}

/** When the worker is done, what it changed is read anew wherever it is shown. */
function useRefreshAtEnd(status: Import['status'] | undefined): void {
  const refresh = useRef(useImportEnded());
  const before = useRef(status);
  useEffect(() => {
    if (status && before.current && isUnderWay(before.current) && !isUnderWay(status)) refresh.current();
    before.current = status;
  }, [status]);
}
