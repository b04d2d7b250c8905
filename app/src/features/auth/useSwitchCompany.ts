import { router } from 'expo-router';
import { useTranslation } from 'react-i18next';

import { useSession } from '@/api/session';
import { useAddress } from '@/features/shell/useAddress';
import { useToast } from '@/ui';

// As in /customers/cus_01h455vb4pex5vsknk084sn02q.
const record = /\/[a-z]{3}_[0-9a-z]{26}/;

/** Goes to another of one's companies. Places are the same there; a record is not there, so from one the way leads home. */
export function useSwitchCompany(): (company: { id: string; name: string }) => void {
  const { t } = useTranslation();
  const toast = useToast();
  const address = useAddress();
  const { switchCompany } = useSession();
  return ({ id, name }) => {
    // Before: everything below the session is built anew in the other company, where it begins.
    if (record.test(address)) router.replace('/');
    switchCompany(id).catch(() => toast.show({ tone: 'danger', text: t('auth:switcher.failed', { company: name }) }));
  };
}
