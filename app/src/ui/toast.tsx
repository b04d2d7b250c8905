import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';
import { useSafeAreaInsets } from 'react-native-safe-area-context';

import { themed, useMotionReduced, useTheme } from '@/theme/theme';
import { duration } from '@/theme/tokens';

import { Button } from './Button';
import { Icon } from './Icon';
import { IconButton } from './IconButton';
import { Text } from './Text';
import { TopLayer } from './TopLayer';
import { useWidth } from './useWidth';
import { isWeb } from './web';

type Toast = { text: string; tone?: 'neutral' | 'success' | 'danger'; action?: { label: string; onPress: () => void } };
type Shown = Toast & { id: number };

const shownFor = 5_000;
const most = 3;

type ToastState = { show: (toast: Toast) => void };

const ToastContext = createContext<ToastState>({ show: () => {} });

/** show({text, tone, action}) tells what has been done. It goes after five seconds; an error stays until it is closed. */
export function useToast(): ToastState {
  return use(ToastContext);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Shown[]>([]);
  const next = useRef(0);
  const show = useCallback((toast: Toast) => setToasts((shown) => [...shown.slice(1 - most), { ...toast, id: next.current++ }]), []);
  const close = useCallback((id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)), []);
  const state = useMemo(() => ({ show }), [show]);
  return (
    <ToastContext value={state}>
      {children}
      <Toasts toasts={toasts} onClose={close} />
    </ToastContext>
  );
}

function Toasts({ toasts, onClose }: { toasts: Shown[]; onClose: (id: number) => void }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const insets = useSafeAreaInsets();
  const phone = useWidth() === 'phone';
  return (
    <TopLayer>
      <View
        role="region"
        aria-label={t('ui:toast.region')}
        aria-live="polite"
        pointerEvents="box-none"
        style={[styles.region, phone ? { bottom: insets.bottom + 72, left: 12, right: 12 } : styles.corner]}
      >
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} onClose={() => onClose(toast.id)} />
        ))}
      </View>
    </TopLayer>
  );
}

function ToastCard({ toast, onClose }: { toast: Shown; onClose: () => void }) {
  const { t } = useTranslation();
  const { colors } = useTheme();
  const styles = useStyles();
  const reduced = useMotionReduced();
  const [held, setHeld] = useState(false);
  const stays = toast.tone === 'danger' || held;
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });

  useEffect(() => {
    if (stays) return;
    const timer = setTimeout(() => close.current(), shownFor);
    return () => clearTimeout(timer);
  }, [stays]);

  return (
    <View
      role={toast.tone === 'danger' ? 'alert' : undefined}
      style={[styles.toast, isWeb && !reduced && appear]}
      // Whoever reads it or reaches for its button gets the time.
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      testID="toast"
    >
      {toast.tone === 'danger' ? <Icon name="alert-circle-outline" color={colors.danger} /> : null}
      {toast.tone === 'success' ? <Icon name="check-circle-outline" color={colors.success} /> : null}
      <Text style={styles.text}>{toast.text}</Text>
      {toast.action ? (
        <Button
          kind="text"
          size="small"
          label={toast.action.label}
          onPress={() => {
            toast.action?.onPress();
            onClose();
          }}
        />
      ) : null}
      <IconButton size="small" icon="close" label={t('ui:toast.close')} onPress={onClose} />
    </View>
  );
}

const appear = { animationKeyframes: { from: { transform: 'translateY(8px)', opacity: 0 }, to: { transform: 'none', opacity: 1 } }, animationDuration: `${duration.normal}ms` } as object;

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    region: { position: 'absolute', gap: space.s },
    corner: { bottom: space.xl, left: space.xl, width: 400, maxWidth: '90%' },
    toast: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.s,
      minHeight: 48,
      paddingLeft: space.l,
      paddingRight: space.s,
      paddingVertical: space.s,
      borderRadius: radius.control,
      borderWidth: 1,
      borderColor: colors.divider,
      backgroundColor: colors.surface,
      boxShadow: `0 8px 24px ${colors.shadow}`,
    },
    text: { flex: 1, minWidth: 0 },
  }),
);
