import { Slot, usePathname, useRouter, type Href } from 'expo-router';
import { useMemo } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useCan } from '@/api/session';
import { WaitingBar } from '@/features/outbox/WaitingBar';
import { themed } from '@/theme/theme';
import { ChromeContext, IconButton, OfflineBar, useWidth, web } from '@/ui';

import { Bell } from './Bell';
import { BottomBar } from './BottomBar';
import { isRecord, parentOf } from './destinations';
import { LogButton } from './LogButton';
import { mainId } from './mainId';
import { PanelProvider } from './panels';
import { SideBar } from './SideBar';
import { SkipLink } from './SkipLink';
import { TopBar } from './TopBar';
import { useShellKeys } from './useShellKeys';

/** What stands around every screen: bars at the left and above, or on phones below. */
export function Shell() {
  return (
    <PanelProvider>
      <Frame />
    </PanelProvider>
  );
}

function Frame() {
  const width = useWidth();
  useShellKeys();
  return width === 'phone' ? <PhoneFrame /> : <WideFrame rail={width === 'tablet'} />;
}

function WideFrame({ rail }: { rail: boolean }) {
  const styles = useStyles();
  const pathname = usePathname();
  return (
    <View style={styles.wide}>
      <SkipLink />
      <SideBar rail={rail || isRecord(pathname)} />
      <View style={styles.column}>
        <TopBar />
        <OfflineBar />
        <WaitingBar />
        <Main />
      </View>
    </View>
  );
}

function PhoneFrame() {
  const { t } = useTranslation();
  const styles = useStyles();
  const router = useRouter();
  const pathname = usePathname();
  const canSearch = useCan('customer:read') && pathname !== '/customers';
  const parent = parentOf(pathname);
  const chrome = useMemo(
    () => ({
      before: parent ? (
        <View style={styles.back}>
          <IconButton
            icon="chevron-left"
            label={t('common:back')}
            // A link that was opened from outside has nothing behind it.
            onPress={() => (router.canGoBack() ? router.back() : router.replace(parent as Href))}
            testID="action-back"
          />
        </View>
      ) : null,
      after: (
        <>
          {canSearch && !parent ? <IconButton icon="magnify" label={t('shell:search.label')} href="/customers" testID="nav-search" /> : null}
          <Bell />
        </>
      ),
    }),
    [parent, canSearch, router, styles, t],
  );
  return (
    <ChromeContext value={chrome}>
      <View style={styles.column}>
        <OfflineBar />
        <WaitingBar />
        <View style={styles.screen}>
          <Main />
          <LogButton />
        </View>
        <BottomBar />
      </View>
    </ChromeContext>
  );
}

function Main() {
  const styles = useStyles();
  return (
    <View role="main" style={styles.screen} {...web({ id: mainId, tabIndex: -1, dataSet: { ring: 'none' } })}>
      <Slot />
    </View>
  );
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    wide: { flex: 1, flexDirection: 'row', backgroundColor: colors.background },
    column: { flex: 1, minWidth: 0, backgroundColor: colors.background },
    screen: { flex: 1, minHeight: 0 },
    back: { marginLeft: -space.m },
  }),
);
