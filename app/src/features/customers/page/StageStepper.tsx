import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { ApiError } from '@/api/client';
import type { Customer } from '@/api/customers';
import { useLifecycleMoves, useMoveCustomer } from '@/api/lifecycle';
import { useCan } from '@/api/session';
import type { Stage } from '@/theme/tokens';
import { usePageCommands, type Command } from '@/features/palette/commands';
import { useOpenPanel } from '@/features/shell/panels';
import { Stepper, useShortcut, useToast } from '@/ui';
import { stageIcons } from '@/ui/stages';

import { useProblemText } from '../useProblemText';
import { ReasonDialog } from './ReasonDialog';
import { stagesOf } from './stagesOf';

/** The lifecycle of a customer. Only moves that the company allows are enabled; some ask for a reason. */
export function StageStepper({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const toast = useToast();
  const problemText = useProblemText();
  const canUpdate = useCan('customer:update');
  const { data: moves = [] } = useLifecycleMoves();
  const move = useMoveCustomer(customer.id);
  const [asking, setAsking] = useState<Stage | null>(null);
  const from = t(`common:stage.${customer.lifecycle}`);

  const steps = stagesOf(customer.lifecycle, moves).map(({ stage, state, allowed }) => {
    const label = t(`common:stage.${stage}`);
    const reason = !canUpdate
      ? t('customers:stage.noRight')
      : state === 'current'
        ? t('customers:stage.isHere', { stage: label })
        : t('customers:stage.notAllowed', { from, to: label });
    return { key: stage, label, state, enabled: allowed && canUpdate, reason: allowed && canUpdate ? undefined : reason };
  });

  const go = (to: Stage, reason?: string) =>
    move.mutate(
      { change: { to, ...(reason && { reason }) } },
      {
        onSuccess: () => toast.show({ text: t('customers:stage.moved', { stage: t(`common:stage.${to}`) }), tone: 'success', action: undoOf(to) }),
        onError: (error) =>
          toast.show({
            text:
              error instanceof ApiError && error.code === 'illegal_lifecycle_move'
                ? t('customers:stage.conflict', { from, to: t(`common:stage.${to}`) })
                : problemText.ofError(error),
            tone: 'danger',
          }),
        onSettled: () => setAsking(null),
      },
    );

  /** The way back, where the company allows it without a reason. */
  const undoOf = (to: Stage) => {
    const back = moves.find((allowed) => allowed.from === to && allowed.to === customer.lifecycle);
    return back && !back.needs_reason ? { label: t('common:undo'), onPress: () => go(customer.lifecycle) } : undefined;
  };

  const onPress = (to: Stage) => {
    const needsReason = moves.some((allowed) => allowed.from === customer.lifecycle && allowed.to === to && allowed.needs_reason);
    if (needsReason) setAsking(to);
    else go(to);
  };

  const openPanel = useOpenPanel();
  const moveTo = steps.filter(({ enabled }) => enabled);
  useShortcut('m', () => openPanel('stages'), { enabled: moveTo.length > 0 });
  usePageCommands(
    moveTo.map(({ key, label }): Command => ({
      key: `stage-${key}`,
      group: 'stage',
      label: t('shell:palette.moveTo', { stage: label }),
      icon: stageIcons[key],
      run: () => onPress(key),
    })),
  );

  return (
    <>
      <Stepper<Stage> label={t('customers:stage.label')} steps={steps} onPress={onPress} />
      {asking && <ReasonDialog stage={asking} busy={move.isPending} onClose={() => setAsking(null)} onMove={(reason) => go(asking, reason)} />}
    </>
  );
}
