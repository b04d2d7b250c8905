import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { StyleSheet } from 'react-native';

import { useCustomerSearch, type Customer } from '@/api/customers';
import { themed } from '@/theme/theme';
import { Column, ErrorState, Skeleton, StageChip, Text } from '@/ui';
import { Press } from '@/ui/Press';

import { SearchField } from '../customers/list/SearchField';

/** Finds the customer that something is about; before anything is typed, those contacted last. */
export function CustomerPicker({ onPick }: { onPick: (customer: Customer) => void }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const [q, setQ] = useState('');
  const asked = q.trim();
  const { data: found, error, refetch } = useCustomerSearch(asked);

  return (
    <Column gap={12}>
      <SearchField value={q} onSearch={setQ} shortcut={false} autoFocus />
      <Text variant="label" tone="muted">
        {asked === '' ? t('interactions:log.recent') : t('interactions:log.customer')}
      </Text>
      {!found && !error && <Skeleton lines={4} />}
      {error && !found && <ErrorState error={error} onRetry={() => void refetch()} />}
      {found?.length === 0 && <Text tone="muted">{t('interactions:log.noMatch')}</Text>}
      <Column gap={0}>
        {found?.map((customer) => (
          <Press key={customer.id} role="button" onPress={() => onPick(customer)} style={styles.row} testID={`row-${customer.id}`}>
            <Column gap={0} style={styles.words}>
              <Text strong lines={1}>
                {customer.name}
              </Text>
              {customer.contact_name !== '' && (
                <Text variant="caption" tone="muted" lines={1}>
                  {customer.contact_name}
                </Text>
              )}
            </Column>
            <StageChip stage={customer.lifecycle} />
          </Press>
        ))}
      </Column>
    </Column>
  );
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    row: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.s,
      minHeight: 48,
      padding: space.s,
      borderRadius: radius.control,
      borderBottomWidth: 1,
      borderBottomColor: colors.divider,
    },
    words: { flex: 1, minWidth: 0 },
  }),
);
