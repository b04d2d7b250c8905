import { useState } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { themed } from '@/theme/theme';
import { Button, SelectField, Text } from '@/ui';

import { isListed, ZONES } from './zones';

interface Props {
  timezone: string;
  onChange: (timezone: string) => void;
  error?: string;
}

/** The company's time zone, guessed from the device: one line unless it has to be changed. */
export function RegionFields({ timezone, onChange, error }: Props) {
  const { t } = useTranslation();
  const styles = useStyles();
  const [open, setOpen] = useState(false);
  const nameOf = (zone: string) => (isListed(zone) ? t(`auth:zones.${zone}`) : zone);
  if (!open && !error) {
    return (
      <View style={styles.line}>
        <View style={styles.text}>
          <Text variant="label">{`${t('auth:signUp.timeZone')} · ${nameOf(timezone)}`}</Text>
          <Text variant="caption" tone="muted">
            {t('auth:signUp.regionHint')}
          </Text>
        </View>
        <Button kind="text" size="small" label={t('auth:signUp.changeRegion')} onPress={() => setOpen(true)} testID="action-change-zone" />
      </View>
    );
  }
  const zones = isListed(timezone) ? ZONES : [timezone, ...ZONES];
  return (
    <SelectField
      label={t('auth:signUp.timeZone')}
      hint={t('auth:signUp.regionHint')}
      value={timezone}
      onChange={(zone) => zone && onChange(zone)}
      options={zones.map((zone) => ({ value: zone, label: nameOf(zone), hint: offsetOf(zone) }))}
      searchable
      error={error}
      testID="field-timezone"
    />
  );
}

/** How far the zone is from UTC now, as UTC+8. */
function offsetOf(timeZone: string): string | undefined {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'shortOffset' }).formatToParts();
  return parts.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT', 'UTC');
}

const useStyles = themed((theme) =>
  StyleSheet.create({
    line: { flexDirection: 'row', alignItems: 'center', gap: theme.space.m },
    text: { flex: 1, minWidth: 0 },
  }),
);
