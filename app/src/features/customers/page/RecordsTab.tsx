import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import type { Customer } from '@/api/customers';
import { useInteractions } from '@/api/interactions';
import { useStageVisits } from '@/api/lifecycle';
import { useCan } from '@/api/session';
import { InteractionEntry } from '@/features/interactions/InteractionEntry';
import { LogForm } from '@/features/interactions/LogForm';
import { useDeletions } from '@/features/interactions/pendingDeletions';
import { StageEntry } from '@/features/interactions/StageEntry';
import { WaitingRecords } from '@/features/outbox/WaitingRecords';
import { useFormat } from '@/i18n/format';
import { Button, Card, Column, EmptyState, ErrorState, Skeleton, Timeline, useWidth } from '@/ui';

import { timelineOf, type TimelineEntry } from '../timeline';
import { usePlanNextStep } from './usePlanNextStep';

/** What happened with a customer: contacts and stages by day, and the place to write down the next. */
export function RecordsTab({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const { timeZone } = useFormat();
  const phone = useWidth() === 'phone';
  const canLog = useCan('interaction:create');
  const canPlan = useCan('task:create');
  const deleted = useDeletions();
  const plan = usePlanNextStep(customer.id);
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInteractions(customer.id);
  const { data: visits } = useStageVisits(customer.id);

  const entries = useMemo(() => {
    const interactions = (data?.pages.flatMap((page) => page.data) ?? []).filter(({ id }) => !deleted.has(id));
    return timelineOf(interactions, visits ?? [], !hasNextPage);
  }, [data, visits, deleted, hasNextPage]);

  return (
    <Column gap={16}>
      {canLog && !phone && (
        <Card>
          <LogForm key={customer.id} customer={{ id: customer.id, name: customer.name, contactName: customer.contact_name }} compact />
        </Card>
      )}
      <WaitingRecords customerId={customer.id} />
      {!data && !error && <Skeleton lines={6} />}
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && entries.length === 0 && <EmptyState icon="timeline-text-outline" title={t('interactions:list.empty')} body={t('interactions:list.emptyBody')} />}
      {data && (
        <Timeline<TimelineEntry>
          items={entries}
          date={({ at }) => at}
          keyOf={({ key }) => key}
          timeZone={timeZone}
          scroll={false}
          render={(entry) =>
            entry.type === 'stage' ? (
              <StageEntry visit={entry.visit} />
            ) : (
              <InteractionEntry interaction={entry.interaction} onPlan={canPlan ? plan : undefined} />
            )
          }
          footer={
            hasNextPage && (
              <Button label={t('interactions:list.more')} loading={isFetchingNextPage} onPress={() => void fetchNextPage()} testID="action-load-more" />
            )
          }
        />
      )}
    </Column>
  );
}
