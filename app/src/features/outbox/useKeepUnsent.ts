import { useTranslation } from 'react-i18next';

import { useOutbox, type Outbox } from '@/outbox/Outbox';
import { useToast } from '@/ui';

/** Keeps what no network took, and says so. Answers false when the device keeps nothing: then the form has to stay. */
export function useKeepUnsent(): Outbox['keep'] {
  const { t } = useTranslation();
  const toast = useToast();
  const { keep } = useOutbox();
  return async (unsent) => {
    const kept = await keep(unsent);
    if (kept) toast.show({ text: t('outbox:kept') });
    return kept;
  };
}
