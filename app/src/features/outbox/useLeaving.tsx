import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useSession } from '@/api/session';
import { useOpenPanel } from '@/features/shell/panels';
import { countUnsent } from '@/outbox/unsent';
import { Dialog, Text } from '@/ui';

/** Signs out, and asks first when something would be lost by it. The question is to be drawn somewhere. */
export function useLeaving(): { leave: () => void; question: ReactNode } {
  const { t } = useTranslation();
  const { member, signOut } = useSession();
  const openPanel = useOpenPanel();
  const [count, setCount] = useState(0);

  const leave = async () => {
    const unsent = await countUnsent(member?.id ?? '').catch(() => 0);
    if (unsent === 0) await signOut();
    else setCount(unsent);
  };
  const question = (
    <Dialog
      open={count > 0}
      onClose={() => setCount(0)}
      title={t('outbox:leaveTitle', { count })}
      actions={[
        { label: t('common:cancel'), onPress: () => setCount(0) },
        {
          label: t('outbox:view'),
          onPress: () => {
            setCount(0);
            openPanel('waiting');
          },
        },
        { label: t('outbox:leave', { count }), kind: 'danger', onPress: () => void signOut(), testID: 'action-leave-anyway' },
      ]}
    >
      <Text>{t('outbox:leaveBody')}</Text>
    </Dialog>
  );
  return { leave: () => void leave(), question };
}
