import { Slot } from 'expo-router';
import { ScrollView, StyleSheet, View } from 'react-native';

import { themed } from '@/theme/theme';
import { useWidth } from '@/ui';

import { SettingsNav } from './SettingsNav';

/** On wide windows the list of pages stays beside the page; on phones each is a screen of its own. */
export function SettingsLayout() {
  const styles = useStyles();
  if (useWidth() === 'phone') return <Slot />;
  return (
    <View style={styles.columns}>
      <ScrollView style={styles.side} contentContainerStyle={styles.nav}>
        <SettingsNav />
      </ScrollView>
      <View style={styles.page}>
        <Slot />
      </View>
    </View>
  );
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    columns: { flex: 1, flexDirection: 'row' },
    side: { flexGrow: 0, width: 224, borderRightWidth: 1, borderRightColor: colors.divider },
    nav: { padding: space.m, paddingTop: space.l },
    page: { flex: 1, minWidth: 0 },
  }),
);
