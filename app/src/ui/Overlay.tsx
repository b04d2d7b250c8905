import type { ReactNode, RefObject } from 'react';
import { Modal, Pressable, StyleSheet, View } from 'react-native';

import { useMotionReduced, useTheme } from '@/theme/theme';

export type OverlayProps = {
  open: boolean;
  onClose: () => void;
  /** Names the dialog. */
  label: string;
  role?: 'dialog' | 'alertdialog';
  /** Dims what lies below; menus do not. */
  dim?: boolean;
  /** Where the panel stands. */
  place: 'bottom' | 'right' | 'center' | 'top' | 'free';
  /** What the focus goes to at first; the first control that takes it when absent. */
  initialFocus?: RefObject<View | null>;
  children: ReactNode;
};

/** Shows children above everything else until Esc, the back button or a press beside them. */
export function Overlay({ open, onClose, dim = true, place, children }: OverlayProps) {
  const { colors } = useTheme();
  const reduced = useMotionReduced();
  return (
    <Modal
      visible={open}
      transparent
      animationType={reduced ? 'none' : place === 'bottom' ? 'slide' : 'fade'}
      onRequestClose={onClose}
      statusBarTranslucent
      navigationBarTranslucent
    >
      <View style={[styles.layer, styles[place]]}>
        <Pressable
          style={[StyleSheet.absoluteFill, dim && { backgroundColor: colors.scrim }]}
          onPress={onClose}
          accessibilityElementsHidden
          importantForAccessibility="no"
        />
        {children}
      </View>
    </Modal>
  );
}

const styles = StyleSheet.create({
  layer: { flex: 1 },
  bottom: { justifyContent: 'flex-end' },
  right: { alignItems: 'flex-end' },
  center: { alignItems: 'center', justifyContent: 'center', padding: 16 },
  top: { alignItems: 'center', paddingTop: 96, paddingHorizontal: 16 },
  free: {},
});
