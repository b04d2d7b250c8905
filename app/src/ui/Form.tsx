import { createContext, use, useEffect, useRef, type ReactNode } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { themed, useTheme } from '@/theme/theme';

import { FullWidthContext } from './actions';
import { Icon } from './Icon';
import { Text } from './Text';
import { useShortcut } from './useShortcut';
import { useWidth } from './useWidth';
import { web } from './web';

const SubmitContext = createContext<(() => void) | undefined>(undefined);

/** What Enter in a field does. */
export function useFormSubmit(): (() => void) | undefined {
  return use(SubmitContext);
}

type Props = {
  onSubmit: () => void;
  /** Shown on top and announced. Each field shows its own besides. */
  errors?: string[];
  /** While it is being sent, Enter sends nothing. */
  busy?: boolean;
  children: ReactNode;
};

export function Form({ onSubmit, errors = [], busy, children }: Props) {
  const { t } = useTranslation();
  const { colors } = useTheme();
  const styles = useStyles();
  const form = useRef<View>(null);
  const submit = busy ? undefined : onSubmit;

  useShortcut('mod+enter', () => submit?.(), { inFields: true, within: form });

  const summary = useRef<View>(null);
  const summed = errors.join('\n');
  useEffect(() => {
    // A summary above the fold must not go unseen.
    if (summed) (summary.current as unknown as Partial<HTMLElement> | null)?.scrollIntoView?.({ block: 'nearest' });
  }, [summed]);

  return (
    <SubmitContext value={submit}>
      <View ref={form} role="form" style={styles.form}>
        {errors.length > 0 ? (
          <View ref={summary} role="alert" style={styles.summary} {...web({ tabIndex: -1 })}>
            <Icon name="alert-circle-outline" color={colors.danger} />
            <View style={styles.list}>
              {errors.length > 1 ? <Text strong>{t('ui:form.problems', { count: errors.length })}</Text> : null}
              {errors.map((error) => (
                <Text key={error}>{error}</Text>
              ))}
            </View>
          </View>
        ) : null}
        {children}
      </View>
    </SubmitContext>
  );
}

/** The buttons of a form: at the right on wide windows, as wide as the screen on phones. */
export function FormActions({ children }: { children: ReactNode }) {
  const styles = useStyles();
  const phone = useWidth() === 'phone';
  return (
    <FullWidthContext value={phone}>
      <View style={phone ? styles.actionsPhone : styles.actions}>{children}</View>
    </FullWidthContext>
  );
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    form: { gap: space.l, maxWidth: 720, width: '100%' },
    summary: { flexDirection: 'row', gap: space.s, padding: space.m, borderRadius: radius.control, backgroundColor: colors.dangerSoft },
    list: { flex: 1, gap: space.xs },
    actions: { flexDirection: 'row', justifyContent: 'flex-end', gap: space.s, paddingTop: space.s },
    actionsPhone: { flexDirection: 'column-reverse', alignItems: 'stretch', gap: space.s, paddingTop: space.s },
  }),
);
