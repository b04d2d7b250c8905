import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useCompanySettings } from '@/api/company';
import { useCreateCustomer, type Customer } from '@/api/customers';
import { useDraft } from '@/drafts/useDraft';
import { useKeepUnsent } from '@/features/outbox/useKeepUnsent';

import { useProblemText } from '../useProblemText';
import { checkField, EMPTY_CUSTOMER, toNewCustomer, type CustomerDraft, type DraftField } from './customerDraft';
import type { FieldProblem } from './validate';

const DRAFT = 'customer';
const FIELDS = Object.keys(EMPTY_CUSTOMER) as DraftField[];

/**
 * The form for a new customer: what is typed stays on the device until it is created, or thrown away, or without a network
 * kept to be sent later.
 */
export function useCustomerForm({ onCreated, onKept }: { onCreated: (customer: Customer) => void; onKept: () => void }) {
  const { t } = useTranslation();
  const { currency } = useCompanySettings();
  const problemText = useProblemText();
  const draft = useDraft<CustomerDraft>(DRAFT, EMPTY_CUSTOMER);
  const create = useCreateCustomer();
  const keepUnsent = useKeepUnsent();
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [summary, setSummary] = useState<string[]>([]);

  const words = (problem: FieldProblem): string => t(`customers:problem.${problem.key}`, { count: problem.count });
  const errorOf = (field: DraftField): string | undefined => {
    const problem = checkField(field, draft.value, currency);
    return problem && words(problem);
  };

  return {
    value: draft.value,
    restored: draft.restored,
    busy: create.isPending,
    errors,
    summary,
    change: (part: Partial<CustomerDraft>) => {
      draft.change(part);
      // The field that is being mended says nothing until it is left.
      setErrors((old) => Object.fromEntries(Object.entries(old).filter(([field]) => !(field in part))));
    },
    /** Checks a field when it is left. */
    check: (field: DraftField) => {
      const error = errorOf(field);
      if (error) setErrors((old) => ({ ...old, [field]: error }));
    },
    discard: () => {
      draft.clear();
      setErrors({});
      setSummary([]);
    },
    submit: () => {
      const found = Object.fromEntries(FIELDS.flatMap((field) => [[field, errorOf(field)]]).filter(([, error]) => error)) as Record<string, string>;
      setErrors(found);
      setSummary(Object.values(found));
      if (Object.keys(found).length > 0) return;
      const body = toNewCustomer(draft.value, currency);
      create.mutate(body, {
        onSuccess: ({ record }) => {
          draft.clear();
          onCreated(record);
        },
        onError: async (error) => {
          if (error.offline && (await keepUnsent({ kind: 'customer', body, title: body.name, draft: { name: DRAFT, value: draft.value } }))) {
            draft.clear();
            onKept();
            return;
          }
          const refused = problemText.ofFields(error);
          setErrors(refused);
          const texts = Object.values(refused);
          setSummary(texts.length > 0 ? texts : [error.offline ? t('customers:form.offline') : problemText.ofError(error)]);
        },
      });
    },
  };
}

export type CustomerForm = ReturnType<typeof useCustomerForm>;
