import { useId, type ReactNode } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { themed, useTheme } from '@/theme/theme';

import { Icon } from './Icon';
import { Text } from './Text';

export type FieldProps = {
  label: string;
  error?: string;
  hint?: string;
  required?: boolean;
};

/** The names by which a control, its label and what is said below it find each other. */
export function useFieldIds({ error, hint }: Pick<FieldProps, 'error' | 'hint'>) {
  const id = useId();
  const described = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return { id, labelId: `${id}-label`, described };
}

/** Label above, control, then the error, or else the hint. */
export function Field({ label, error, hint, required, ids, children }: FieldProps & { ids: ReturnType<typeof useFieldIds>; children: ReactNode }) {
  const { t } = useTranslation();
  const { colors } = useTheme();
  const styles = useStyles();
  return (
    <View style={styles.field}>
      <Text variant="label" id={ids.labelId}>
        {label}
        {required ? (
          <Text variant="label" tone="danger">
            {` *`}
          </Text>
        ) : null}
      </Text>
      {children}
      {error ? (
        <View style={styles.error}>
          <Icon name="alert-circle-outline" size={16} color={colors.danger} label={t('ui:field.error')} />
          <Text variant="caption" tone="danger" id={ids.described} role="alert" style={styles.message}>
            {error}
          </Text>
        </View>
      ) : hint ? (
        <Text variant="caption" tone="muted" id={ids.described}>
          {hint}
        </Text>
      ) : null}
    </View>
  );
}

const useStyles = themed(({ space }) =>
  StyleSheet.create({
    field: { gap: space.xs, minWidth: 0 },
    error: { flexDirection: 'row', alignItems: 'flex-start', gap: space.xs },
    message: { flex: 1 },
  }),
);
