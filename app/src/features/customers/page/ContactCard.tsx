import { useTranslation } from 'react-i18next';
import { Linking } from 'react-native';

import type { Customer } from '@/api/customers';
import { useFormat } from '@/i18n/format';
import { Card, Column, copyText, IconButton, Row, Text, useToast } from '@/ui';

import { addressLine } from '../address';

/** How a customer is reached, to be called, written to and copied. */
export function ContactCard({ customer, onCall }: { customer: Customer; onCall: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const format = useFormat();
  const copy = async (text: string) => {
    if (await copyText(text)) toast.show({ text: t('common:copied') });
  };
  const { phone, email, website, contact_name } = customer;
  const address = addressLine(customer);

  return (
    <Card title={t('customers:page.contacts')}>
      <Column gap={4}>
        {contact_name !== '' && <Text strong>{contact_name}</Text>}
        {phone && (
          <Line text={format.phone(phone)}>
            <IconButton size="small" icon="phone-outline" label={t('customers:page.call', { phone: format.phone(phone) })} onPress={onCall} />
            <IconButton size="small" icon="content-copy" label={t('customers:page.copyPhone')} onPress={() => void copy(phone)} />
          </Line>
        )}
        {email && (
          <Line text={email}>
            <IconButton size="small" icon="email-outline" label={t('customers:page.mail', { email })} onPress={() => void Linking.openURL(`mailto:${email}`)} />
            <IconButton size="small" icon="content-copy" label={t('customers:page.copyEmail')} onPress={() => void copy(email)} />
          </Line>
        )}
        {website !== '' && (
          <Line text={website}>
            <IconButton size="small" icon="open-in-new" label={t('customers:page.website', { website })} onPress={() => void Linking.openURL(webAddress(website))} />
          </Line>
        )}
        {address !== '' && (
          <Text tone="muted" selectable>
            {address}
          </Text>
        )}
        {!phone && !email && contact_name === '' && website === '' && address === '' && <Text tone="muted">{t('customers:basic.empty')}</Text>}
      </Column>
    </Card>
  );
}

function Line({ text, children }: { text: string; children: React.ReactNode }) {
  return (
    <Row gap={4}>
      <Text lines={1} selectable tabular style={{ flex: 1, minWidth: 0 }}>
        {text}
      </Text>
      {children}
    </Row>
  );
}

/** People write addresses without a scheme; anything but a web address is not opened as one. */
const webAddress = (text: string): string => (/^https?:\/\//i.test(text) ? text : `https://${text}`);
