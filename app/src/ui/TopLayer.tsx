import type { ReactNode } from 'react';
import { StyleSheet, View } from 'react-native';

/** Draws children above the screens. */
export function TopLayer({ children }: { children: ReactNode }) {
  return (
    <View pointerEvents="box-none" style={StyleSheet.absoluteFill}>
      {children}
    </View>
  );
}
