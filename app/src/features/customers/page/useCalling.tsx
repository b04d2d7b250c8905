import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AppState, Linking } from 'react-native';

import type { Customer } from '@/api/customers';
import { useMemberNames } from '@/api/members';
import { useSession } from '@/api/session';
import type { LogPrefill } from '@/features/interactions/logDraft';
import { useFormat } from '@/i18n/format';
import { Dialog, Text } from '@/ui';

import { callPrefill, recentColleague } from './contactRules';

interface Calling {
  call: () => void;
  /** The question whether to call after all; to be drawn somewhere. */
  dialog: ReactNode;
}

/** Calls a customer, asks first where that may be unwelcome, and says when the person is back from the call. */
export function useCalling(customer: Customer, onBack: (prefill: LogPrefill) => void): Calling {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useMemberNames();
  const { member } = useSession();
  const [reason, setReason] = useState<string | null>(null);
  const start = useReturn((began, ended) => onBack(callPrefill(began, ended)));

  const dial = () => {
    setReason(null);
    start();
    void Linking.openURL(`tel:${customer.phone}`);
  };
  const call = () => {
    const colleague = recentColleague(customer, member?.id, new Date());
    if (customer.do_not_contact) setReason(t('customers:page.callBlocked'));
    else if (colleague) setReason(t('customers:page.callColleague', { name: nameOf(colleague.id), when: format.relative(colleague.at) }));
    else dial();
  };

  const dialog = (
    <Dialog
      open={reason !== null}
      onClose={() => setReason(null)}
      title={t('customers:page.callTitle')}
      actions={[
        { label: t('common:cancel'), kind: 'secondary', onPress: () => setReason(null) },
        { label: t('customers:page.callAnyway'), kind: 'primary', onPress: dial },
      ]}
    >
      <Text>{reason ?? ''}</Text>
    </Dialog>
  );
  return { call, dialog };
}

/** Returns what starts the watch; onBack is called once when the app is in front again. */
function useReturn(onBack: (began: number, ended: number) => void): () => void {
  const began = useRef<number | null>(null);
  const away = useRef(false);
  const latest = useRef(onBack);
  useEffect(() => {
    latest.current = onBack;
  });

  useEffect(() => {
    const leave = () => {
      away.current = began.current !== null;
    };
    const comeBack = () => {
      if (!away.current || began.current === null) return;
      const from = began.current;
      began.current = null;
      away.current = false;
      latest.current(from, Date.now());
    };
    const subscription = AppState.addEventListener('change', (state) => (state === 'active' ? comeBack() : leave()));
    // On a computer the dialler is another window: the page stays visible and only loses the focus.
    const page = typeof document === 'undefined' ? undefined : globalThis.window;
    page?.addEventListener('blur', leave);
    page?.addEventListener('focus', comeBack);
    return () => {
      subscription.remove();
      page?.removeEventListener('blur', leave);
      page?.removeEventListener('focus', comeBack);
    };
  }, []);

  return () => {
    began.current = Date.now();
  };
}
