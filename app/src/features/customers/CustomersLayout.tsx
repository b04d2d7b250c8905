import { Slot, Stack, useGlobalSearchParams } from 'expo-router';
import { StyleSheet, View } from 'react-native';

import { useWidth } from '@/ui';

import { CustomersPane } from './list/CustomersPane';

/** On wide windows the list stays beside the customer that is open; elsewhere one lies upon the other. */
export function CustomersLayout() {
  const desktop = useWidth() === 'desktop';
  const { id } = useGlobalSearchParams<{ id?: string }>();
  if (!desktop) return <Stack screenOptions={{ headerShown: false, animation: 'none' }} />;
  return (
    <View style={styles.columns}>
      {id !== undefined && <CustomersPane />}
      <View style={styles.page}>
        <Slot />
      </View>
    </View>
  );
}

const styles = StyleSheet.create({
  columns: { flex: 1, flexDirection: 'row', minHeight: 0 },
  page: { flex: 1, minWidth: 0 },
});
