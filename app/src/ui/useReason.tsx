import { useEffect, useId, useState, type ReactNode } from 'react';
import { StyleSheet, View } from 'react-native';

import { themed } from '@/theme/theme';

import { Text } from './Text';

const shownFor = 4_000;

/** Says why something cannot be done, under the control that was pressed. Browsers show it under the pointer besides. */
export function useReason(reason: string | undefined): { id: string | undefined; show: () => void; node: ReactNode } {
  const id = useId();
  const styles = useStyles();
  const [shown, setShown] = useState(false);

  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => setShown(false), shownFor);
    return () => clearTimeout(timer);
  }, [shown]);

  if (!reason) return { id: undefined, show: () => {}, node: null };
  return {
    id,
    show: () => setShown(true),
    node: (
      <View style={shown ? styles.shown : styles.hidden} pointerEvents="none">
        <Text variant="caption" id={id} role={shown ? 'status' : undefined} style={styles.text}>
          {reason}
        </Text>
      </View>
    ),
  };
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    // Kept in the tree, so that the control can name it as its description.
    hidden: { position: 'absolute', width: 1, height: 1, overflow: 'hidden', opacity: 0 },
    shown: {
      position: 'absolute',
      top: '100%',
      left: 0,
      zIndex: 10,
      marginTop: space.xs,
      minWidth: 160,
      maxWidth: 280,
      paddingHorizontal: space.s,
      paddingVertical: space.xs,
      borderRadius: radius.control,
      backgroundColor: colors.text,
    },
    text: { color: colors.background },
  }),
);
