import { useTranslation } from 'react-i18next';

import { useOutbox } from '@/outbox/Outbox';
import type { Unsent } from '@/outbox/unsent';
import { useErrorText, useToast } from '@/ui';

/** Sends what waits and says what came of it. */
export function useSending(): (unsent: Unsent[]) => Promise<void> {
  const { t } = useTranslation();
  const toast = useToast();
  const errorText = useErrorText();
  const { send } = useOutbox();
  return async (unsent) => {
    const { sent, refused, error } = await send(unsent);
    if (sent > 0) toast.show({ text: t('outbox:sent', { count: sent }), tone: 'success' });
    if (refused > 0) toast.show({ text: t('outbox:someRefused', { count: refused }), tone: 'danger' });
    if (error) toast.show({ text: errorText(error), tone: 'danger' });
  };
}
