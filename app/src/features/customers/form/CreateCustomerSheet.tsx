import { router, type Href } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Banner, Button, Form, Row, Sheet, useToast } from '@/ui';

import { CustomerFields } from './CustomerFields';
import { isFurther, MoreCustomerFields } from './MoreCustomerFields';
import { useCustomerForm } from './useCustomerForm';

interface Props {
  onClose: () => void;
  /** Where a customer's page is. */
  hrefOf: (customerId: string) => string;
}

/** The form for a new customer: the few things one knows at first, and the rest behind a button. */
export function CreateCustomerSheet({ onClose, hrefOf }: Props) {
  const { t } = useTranslation();
  const toast = useToast();
  const [wanted, setMore] = useState(false);
  const form = useCustomerForm({
    onCreated: (customer) => {
      onClose();
      toast.show({
        text: t('customers:form.created', { name: customer.name }),
        tone: 'success',
        action: { label: t('customers:form.open'), onPress: () => router.push(hrefOf(customer.id) as Href) },
      });
    },
    onKept: onClose,
  });

  // A mistake must not hide behind the button.
  const more = wanted || Object.keys(form.errors).some(isFurther);

  return (
    <Sheet
      open
      onClose={onClose}
      title={t('customers:form.title')}
      testID="panel-new-customer"
      footer={
        <Row gap={8} justify="flex-end">
          <Button label={t('common:cancel')} onPress={onClose} />
          <Button label={t('customers:form.create')} kind="primary" loading={form.busy} onPress={form.submit} testID="action-create" />
        </Row>
      }
    >
      {form.restored && (
        <Banner tone="neutral" text={t('customers:form.restored')} action={{ label: t('customers:form.discard'), onPress: form.discard }} />
      )}
      <Form onSubmit={form.submit} errors={form.summary} busy={form.busy}>
        <CustomerFields form={form} hrefOf={hrefOf} />
        {more && <MoreCustomerFields form={form} />}
        <Button
          kind="text"
          icon={more ? 'chevron-up' : 'chevron-down'}
          label={more ? t('customers:form.less') : t('customers:form.more')}
          onPress={() => setMore(!more)}
          testID="action-more-fields"
        />
      </Form>
    </Sheet>
  );
}
