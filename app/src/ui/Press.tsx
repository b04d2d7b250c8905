import { Link, type Href } from 'expo-router';
import { useEffect, useRef, useState, type ReactNode, type Ref } from 'react';
import { Pressable, StyleSheet, type PressableProps, type StyleProp, type View, type ViewStyle } from 'react-native';

import { useTheme } from '@/theme/theme';

import { isWeb } from './web';

export type PressState = { hovered: boolean; pressed: boolean };

export type PressProps = Omit<PressableProps, 'style' | 'children' | 'onPress'> & {
  onPress?: () => void;
  /** Makes a real link, so that ctrl-click opens a tab. */
  href?: string;
  ref?: Ref<View>;
  style?: StyleProp<ViewStyle>;
  /** Added under the pointer; the hover colour when absent, null for none. */
  hoverStyle?: StyleProp<ViewStyle> | null;
  children?: ReactNode;
};

/** What can be pressed: a button, or a link when it has an address. */
export function Press({ href, onPress, style, hoverStyle, disabled, children, ref, ...rest }: PressProps) {
  const { colors } = useTheme();
  const [hovered, setHovered] = useState(false);
  const [pressed, setPressed] = useState(false);
  const active = hovered || pressed;
  const node = useRef<View>(null);

  // react-native-web overwrites aria-disabled by disabled, which would take the control out of the tab order as well.
  const reachableButOff = Boolean(rest['aria-disabled']) && !disabled;
  useEffect(() => {
    if (isWeb && reachableButOff) (node.current as unknown as HTMLElement | null)?.setAttribute('aria-disabled', 'true');
  });

  const pressable = (
    <Pressable
      ref={(view) => {
        node.current = view;
        if (typeof ref === 'function') ref(view);
        else if (ref) ref.current = view;
      }}
      {...rest}
      disabled={disabled}
      onPress={onPress}
      onHoverIn={(event) => {
        setHovered(true);
        rest.onHoverIn?.(event);
      }}
      onHoverOut={(event) => {
        setHovered(false);
        rest.onHoverOut?.(event);
      }}
      onPressIn={() => setPressed(true)}
      onPressOut={() => setPressed(false)}
      // Link drops a style that is a function and takes no nested list.
      style={StyleSheet.flatten([
        style,
        active && !disabled && hoverStyle !== null && (hoverStyle ?? { backgroundColor: colors.hover }),
      ])}
    >
      {children}
    </Pressable>
  );
  if (href === undefined || disabled) return pressable;
  return (
    <Link href={href as Href} asChild onPress={onPress}>
      {pressable}
    </Link>
  );
}
