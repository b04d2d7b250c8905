import type { ReactNode } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { themed, useTheme } from '@/theme/theme';

import { Button } from './Button';
import { Chip } from './Chip';
import { Icon } from './Icon';
import { Text } from './Text';

type Props = {
  /** Name of what the plan lacks. */
  feature: string;
  /** What it is good for, in a sentence. */
  benefit?: string;
  /** Name of the lowest plan that has it, and its price. */
  plan: string;
  price?: string;
  canBuy: boolean;
  onBuy?: () => void;
  /** How it would look; marked as a sample. */
  sample?: ReactNode;
};

export function UpgradeState({ feature, benefit, plan, price, canBuy, onBuy, sample }: Props) {
  const { t } = useTranslation();
  const { colors } = useTheme();
  const styles = useStyles();
  return (
    <View style={styles.state}>
      {sample ? (
        <View style={styles.sample}>
          <Chip tone="warning" label={t('ui:upgrade.sample')} />
          <View aria-hidden importantForAccessibility="no-hide-descendants" pointerEvents="none" style={styles.faded}>
            {sample}
          </View>
        </View>
      ) : null}
      <Icon name="crown-outline" size={32} color={colors.primary} />
      <Text variant="section" style={styles.centred}>
        {feature}
      </Text>
      {benefit ? <Text style={styles.centred}>{benefit}</Text> : null}
      <Text tone="muted" style={styles.centred}>
        {t('ui:upgrade.title', { plan })}
        {price ? ` · ${price}` : ''}
      </Text>
      {canBuy ? <Button kind="primary" label={t('ui:upgrade.buy', { plan })} onPress={onBuy} testID="action-upgrade" /> : <Text tone="muted">{t('ui:upgrade.askAdmin')}</Text>}
    </View>
  );
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    state: { alignItems: 'center', gap: space.s, padding: space.xl, alignSelf: 'center', width: '100%', maxWidth: 560 },
    sample: { alignSelf: 'stretch', gap: space.s, padding: space.l, marginBottom: space.s, borderRadius: radius.card, borderWidth: 1, borderColor: colors.divider },
    faded: { opacity: 0.6 },
    centred: { textAlign: 'center' },
  }),
);
