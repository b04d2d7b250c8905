import { router, type Href } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useDeleteCustomer, type Customer } from '@/api/customers';
import { useCan } from '@/api/session';
import { Dialog, IconButton, Menu, Text, useToast } from '@/ui';

import { useListState } from '../list/useListState';
import { useProblemText } from '../useProblemText';

/** What is seldom done with a customer. */
export function CustomerMenu({ customer, onPlan }: { customer: Customer; onPlan?: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const problemText = useProblemText();
  const { listHref } = useListState();
  const canDelete = useCan('customer:delete');
  const remove = useDeleteCustomer();
  const [asking, setAsking] = useState(false);

  const onDelete = () =>
    remove.mutate(customer.id, {
      onSuccess: () => {
        router.replace(listHref as Href);
        toast.show({ text: t('customers:page.deleted', { name: customer.name }), tone: 'success' });
      },
      onError: (error) => toast.show({ text: problemText.ofError(error), tone: 'danger' }),
      onSettled: () => setAsking(false),
    });
  const items = [
    ...(onPlan ? [{ key: 'plan', label: t('customers:page.plan'), icon: 'calendar-clock-outline' as const, onPress: onPlan }] : []),
    ...(canDelete ? [{ key: 'delete', label: t('customers:page.delete'), icon: 'delete-outline' as const, danger: true, onPress: () => setAsking(true) }] : []),
  ];
  if (items.length === 0) return null;
  return (
    <>
      <Menu
        label={t('common:more')}
        trigger={(props) => <IconButton {...props} icon="dots-horizontal" label={t('common:more')} testID="action-more" />}
        items={items}
      />
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('customers:page.deleteTitle')}
        actions={[
          { label: t('common:cancel'), kind: 'secondary', onPress: () => setAsking(false) },
          { label: t('customers:page.deleteTitle'), kind: 'danger', onPress: onDelete, loading: remove.isPending, testID: 'action-confirm-delete' },
        ]}
      >
        <Text>{t('customers:page.deleteBody', { name: customer.name })}</Text>
      </Dialog>
    </>
  );
}
