import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/i18n/format';
import { Icon, Row, Text } from '@/ui';
import { useTheme } from '@/theme/theme';

/** When a customer is to be contacted next; what is overdue carries a sign and a word, not only a colour. */
export function FollowUp({ at, variant = 'body' }: { at: string | null; variant?: 'body' | 'caption' }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { colors } = useTheme();
  const [now] = useState(Date.now);
  if (!at) return null;
  const overdue = Date.parse(at) < now;
  return (
    <Row gap={4}>
      {overdue && <Icon name="clock-alert-outline" size={16} color={colors.danger} label={t('customers:tasks.overdue')} />}
      <Text variant={variant} lines={1} tone={overdue ? 'danger' : 'text'}>
        {format.relative(at)}
      </Text>
    </Row>
  );
}
