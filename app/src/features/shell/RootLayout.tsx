import { Slot, type ErrorBoundaryProps } from 'expo-router';
import * as SplashScreen from 'expo-splash-screen';
import { StatusBar } from 'expo-status-bar';
import { useEffect, useState } from 'react';
import { View } from 'react-native';
import { SafeAreaProvider } from 'react-native-safe-area-context';

import { QueryProvider } from '@/api/query';
import { SessionProvider, useSession } from '@/api/session';
import { startTranslations } from '@/i18n';
import { OutboxProvider } from '@/outbox/Outbox';
import { readPreferences } from '@/preferences/preferences';
import { ThemeProvider, useTheme } from '@/theme/theme';
import { ErrorState, isWeb, ToastProvider } from '@/ui';

import { keepClientOnDevice } from './serviceWorker';

// A browser has its preferences at hand, and draws at once.
if (isWeb) startTranslations();
else void SplashScreen.preventAutoHideAsync();

/** Everything that a screen may count on, outermost first. */
export function RootLayout() {
  const [ready, setReady] = useState(isWeb);
  useEffect(keepClientOnDevice, []);
  useEffect(() => {
    if (isWeb) return;
    void readPreferences().then(() => {
      startTranslations();
      setReady(true);
    });
  }, []);
  if (!ready) return null;
  return (
    <SafeAreaProvider>
      <ThemeProvider>
        <SessionProvider>
          <QueryProvider>
            <OutboxProvider>
              <ToastProvider>
                <Screens />
              </ToastProvider>
            </OutboxProvider>
          </QueryProvider>
        </SessionProvider>
      </ThemeProvider>
    </SafeAreaProvider>
  );
}

function Screens() {
  const { scheme } = useTheme();
  const { status } = useSession();
  useEffect(() => {
    if (status !== 'loading') void SplashScreen.hideAsync();
  }, [status]);
  return (
    <>
      <StatusBar style={scheme === 'dark' ? 'light' : 'dark'} />
      <Slot />
    </>
  );
}

/** A screen that broke says so, and can be tried again; the others still work. */
export function RootErrorBoundary({ error, retry }: ErrorBoundaryProps) {
  const { colors } = useTheme();
  return (
    <View style={{ flex: 1, justifyContent: 'center', backgroundColor: colors.background }}>
      <ErrorState error={error} onRetry={() => void retry()} />
    </View>
  );
}
