import { useLayoutEffect, useState, type RefObject } from 'react';
import { StyleSheet, useWindowDimensions, View } from 'react-native';

import { themed } from '@/theme/theme';

import { Overlay, type OverlayProps } from './Overlay';
import { Sheet } from './Sheet';
import { useWidth } from './useWidth';

type Props = Pick<OverlayProps, 'open' | 'onClose' | 'initialFocus' | 'children'> & {
  label: string;
  /** What it opens beside. */
  anchor: RefObject<View | null>;
  /** As wide as the anchor at least, or so many pixels. */
  width?: number;
  /** For what is a dialog of its own, such as a calendar. A menu or a list brings its own role. */
  dialog?: boolean;
};

type Box = { x: number; y: number; width: number; height: number };

const margin = 8;

/** A small panel beside what opened it; on phones a sheet. */
export function Popover(props: Props) {
  const phone = useWidth() === 'phone';
  if (phone) {
    return (
      <Sheet open={props.open} onClose={props.onClose} title={props.label}>
        <View style={styles.bleed}>{props.children}</View>
      </Sheet>
    );
  }
  return props.open ? <Floating {...props} /> : null;
}

function Floating({ onClose, label, anchor, width, dialog, initialFocus, children }: Props) {
  const floating = useStyles();
  const window = useWindowDimensions();
  const [box, setBox] = useState<Box>();
  const [height, setHeight] = useState(0);

  useLayoutEffect(() => {
    anchor.current?.measureInWindow((x, y, w, h) => setBox({ x, y, width: w, height: h }));
  }, [anchor, window.width, window.height]);

  const panelWidth = box ? Math.min(Math.max(width ?? box.width, 160), window.width - 2 * margin) : 0;
  const place = box && placeOf(box, panelWidth, height, window);
  return (
    <Overlay open onClose={onClose} label={label} role={dialog ? 'dialog' : undefined} dim={false} place="free" initialFocus={initialFocus}>
      <View
        onLayout={(event) => setHeight(event.nativeEvent.layout.height)}
        style={[floating.panel, { width: panelWidth }, place, (!place || height === 0) && styles.unplaced]}
      >
        {children}
      </View>
    </Overlay>
  );
}

/** Below the anchor, or above when only there is room; flush with its nearer edge. */
function placeOf(box: Box, width: number, height: number, window: { width: number; height: number }) {
  const below = window.height - box.y - box.height - 2 * margin;
  const above = box.y - 2 * margin;
  const left = Math.max(margin, Math.min(box.x, window.width - width - margin));
  if (below >= height || below >= above) return { left, top: box.y + box.height + 4, maxHeight: Math.max(below, 120) };
  return { left, bottom: window.height - box.y + 4, maxHeight: above };
}

const styles = StyleSheet.create({
  // Measured before it is shown.
  unplaced: { opacity: 0 },
  bleed: { marginHorizontal: -8 },
});

const useStyles = themed(({ colors, radius }) =>
  StyleSheet.create({
    panel: {
      position: 'absolute',
      overflow: 'hidden',
      borderRadius: radius.card,
      borderWidth: 1,
      borderColor: colors.divider,
      backgroundColor: colors.surface,
      boxShadow: `0 8px 24px ${colors.shadow}`,
    },
  }),
);
