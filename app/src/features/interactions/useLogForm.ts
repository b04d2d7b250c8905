import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { ApiError } from '@/api/client';
import { useDeleteInteraction, useLogInteraction } from '@/api/interactions';
import { useDraft } from '@/drafts/useDraft';
import { useKeepUnsent } from '@/features/outbox/useKeepUnsent';
import { useToast } from '@/ui';

import { newLogDraft, problemsOf, toInteraction, withKind, type Kind, type LogDraft, type LogPrefill } from './logDraft';

export interface LogTarget {
  id: string;
  name: string;
  contactName: string;
}

/** Writing down a contact with a customer. What is typed stays on the device until it is saved. */
export function useLogForm(target: LogTarget, prefill: LogPrefill | undefined, onSaved: () => void) {
  const { t } = useTranslation();
  const toast = useToast();
  const [beginning] = useState(() => newLogDraft(target.contactName, prefill));
  const draftName = `log:${target.id}`;
  const draft = useDraft<LogDraft>(draftName, beginning);
  const keepUnsent = useKeepUnsent();
  const log = useLogInteraction();
  const undo = useDeleteInteraction();
  const [errors, setErrors] = useState<Partial<Record<keyof LogDraft, string>>>({});
  const [summary, setSummary] = useState<string[]>([]);

  const done = () => {
    draft.clear();
    setErrors({});
    setSummary([]);
    onSaved();
  };

  const send = (value: LogDraft) => {
    const body = toInteraction(value, target.id);
    log.mutate(body, {
      onSuccess: (logged) => {
        done();
        toast.show({
          text: logged.task_id ? t('interactions:log.savedTask') : t('interactions:log.saved'),
          tone: 'success',
          // The task of a next step stays when its interaction goes, so only what made none is taken back.
          action: logged.task_id ? undefined : { label: t('common:undo'), onPress: () => undo.mutate(logged.id) },
        });
      },
      onError: async (error) => {
        if (error.offline && (await keepUnsent({ kind: 'interaction', body, title: target.name, draft: { name: draftName, value } }))) done();
        else setSummary([reasonOf(error)]);
      },
    });
  };

  const reasonOf = (error: ApiError): string => {
    if (error.offline) return t('interactions:log.offline');
    if (error.errors.some(({ field }) => field === 'customer_id')) return t('interactions:problem.gone');
    return t('interactions:problem.other');
  };

  return {
    value: draft.value,
    restored: draft.restored,
    busy: log.isPending,
    errors,
    summary,
    change: (part: Partial<LogDraft>) => {
      draft.change(part);
      setErrors((old) => Object.fromEntries(Object.entries(old).filter(([field]) => !(field in part))));
    },
    setKind: (kind: Kind) => draft.change(withKind(draft.value, kind)),
    discard: () => {
      draft.clear();
      setErrors({});
      setSummary([]);
    },
    submit: () => {
      const problems = problemsOf(draft.value, new Date());
      const words = Object.fromEntries(Object.entries(problems).map(([field, problem]) => [field, t(`interactions:problem.${problem}`)]));
      setErrors(words);
      setSummary([]);
      if (Object.keys(words).length === 0) send(draft.value);
    },
    /** Logs at once with a usual sentence: two taps in all. */
    submitQuick: (sentence: string) => send({ ...draft.value, summary: sentence }),
  };
}

export type LogForm = ReturnType<typeof useLogForm>;
