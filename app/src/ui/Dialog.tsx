import type { ReactNode } from 'react';
import { ScrollView, StyleSheet, View } from 'react-native';

import { themed, useMotionReduced } from '@/theme/theme';
import { duration } from '@/theme/tokens';

import { Button, type ButtonKind } from './Button';
import { Overlay } from './Overlay';
import { Text } from './Text';
import { useWidth } from './useWidth';
import { isWeb } from './web';

type Props = {
  open: boolean;
  onClose: () => void;
  title: string;
  children?: ReactNode;
  /** The first cancels; the last is what the dialog asks for. */
  actions: { label: string; kind?: ButtonKind; onPress: () => void; loading?: boolean; disabled?: boolean; testID?: string }[];
  testID?: string;
};

/** Asks for a decision. For anything else take a sheet. */
export function Dialog({ open, onClose, title, children, actions, testID }: Props) {
  const styles = useStyles();
  const phone = useWidth() === 'phone';
  const reduced = useMotionReduced();
  return (
    <Overlay open={open} onClose={onClose} label={title} role="alertdialog" place="center">
      <View style={[styles.dialog, isWeb && !reduced && appear]} testID={testID}>
        <Text variant="title" heading={2}>
          {title}
        </Text>
        {children ? (
          <ScrollView style={styles.scroll} contentContainerStyle={styles.content}>
            {typeof children === 'string' ? <Text>{children}</Text> : children}
          </ScrollView>
        ) : null}
        <View style={phone ? styles.actionsPhone : styles.actions}>
          {actions.map(({ label, kind, ...action }) => (
            <Button key={label} label={label} kind={kind ?? 'secondary'} full={phone} {...action} />
          ))}
        </View>
      </View>
    </Overlay>
  );
}

const appear = { animationKeyframes: { from: { transform: 'scale(0.97)', opacity: 0 }, to: { transform: 'none', opacity: 1 } }, animationDuration: `${duration.fast}ms` } as object;

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    dialog: {
      width: '100%',
      maxWidth: 480,
      maxHeight: '90%',
      gap: space.m,
      padding: space.xl,
      borderRadius: radius.dialog,
      backgroundColor: colors.surface,
      boxShadow: `0 8px 32px ${colors.shadow}`,
    },
    // Room for the focus ring of what stands at the edge.
    scroll: { flexGrow: 0, flexShrink: 1, margin: -space.xs },
    content: { gap: space.m, padding: space.xs },
    actions: { flexDirection: 'row', justifyContent: 'flex-end', gap: space.s, paddingTop: space.s },
    actionsPhone: { flexDirection: 'column-reverse', gap: space.s, paddingTop: space.s },
  }),
);
