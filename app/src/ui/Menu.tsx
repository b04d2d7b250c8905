import { useRef, useState, type ReactNode, type Ref } from 'react';
import { ScrollView, StyleSheet, View } from 'react-native';
import { router, type Href } from 'expo-router';

import { themed, useTheme } from '@/theme/theme';

import { Icon, type IconName } from './Icon';
import { Popover } from './Popover';
import { Press } from './Press';
import { Text } from './Text';
import { isComposing, web, type KeyPress } from './web';

export type MenuItem = {
  key: string;
  label: string;
  icon?: IconName;
  onPress?: () => void;
  href?: string;
  danger?: boolean;
  disabled?: boolean;
  /** Why it is disabled. */
  reason?: string;
  /** Marks the one in force, of items that exclude each other. */
  checked?: boolean;
  /** Draws a line above. */
  separated?: boolean;
};

/** Spread on what opens the menu. */
export type TriggerProps = { onPress: () => void; expanded: boolean; popup: 'menu'; ref: Ref<View> };

type Props = { trigger: (props: TriggerProps) => ReactNode; items: MenuItem[]; label: string; width?: number };

export function Menu({ trigger, items, label, width = 220 }: Props) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<View>(null);
  const close = () => setOpen(false);
  return (
    <>
      {trigger({ onPress: () => setOpen(true), expanded: open, popup: 'menu', ref: anchor })}
      <Popover open={open} onClose={close} label={label} anchor={anchor} width={width}>
        <Items items={items} label={label} onClose={close} />
      </Popover>
    </>
  );
}

function Items({ items, label, onClose }: { items: MenuItem[]; label: string; onClose: () => void }) {
  const styles = useStyles();

  // The focus itself moves, so that a screen reader reads each item.
  const onKeyDown = (event: KeyPress) => {
    if (isComposing(event)) return;
    const nodes = [...((event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role^="menuitem"]'))];
    const at = nodes.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined && event.key !== 'Tab') return;
    event.preventDefault();
    if (next === undefined) onClose();
    else nodes.at(next % nodes.length)?.focus();
  };

  return (
    <ScrollView>
      <View role="menu" aria-label={label} style={styles.list} {...web({ onKeyDown })}>
        {items.map((item) => (
          <Item key={item.key} item={item} onClose={onClose} />
        ))}
      </View>
    </ScrollView>
  );
}

function Item({ item, onClose }: { item: MenuItem; onClose: () => void }) {
  const { colors } = useTheme();
  const styles = useStyles();
  const color = item.disabled ? colors.muted : item.danger ? colors.danger : colors.text;
  const choose = () => {
    if (item.disabled) return;
    onClose();
    if (item.onPress) item.onPress();
    else if (item.href) router.push(item.href as Href);
  };
  return (
    <>
      {item.separated ? <View style={styles.line} role="separator" /> : null}
      <Press
        role={item.checked === undefined ? 'menuitem' : ('menuitemradio' as 'menuitem')}
        aria-checked={item.checked}
        aria-disabled={item.disabled || undefined}
        onPress={choose}
        testID={`action-${item.key}`}
        {...web({ title: item.reason, dataSet: { ring: 'inside' }, ...(item.href && !item.disabled && { href: item.href }) })}
        style={styles.item}
        hoverStyle={item.disabled ? null : undefined}
      >
        {item.icon ? <Icon name={item.icon} size={18} color={item.danger ? color : colors.muted} /> : null}
        <View style={styles.words}>
          <Text style={{ color }} lines={1}>
            {item.label}
          </Text>
          {item.disabled && item.reason ? (
            <Text variant="caption" tone="muted">
              {item.reason}
            </Text>
          ) : null}
        </View>
        {item.checked ? <Icon name="check" size={18} color={colors.primary} /> : null}
      </Press>
    </>
  );
}

const useStyles = themed(({ colors, space, size, radius }) =>
  StyleSheet.create({
    list: { padding: space.xs },
    item: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.m,
      minHeight: size.menuItem,
      paddingHorizontal: space.m,
      paddingVertical: space.xs,
      borderRadius: radius.control,
    },
    words: { flex: 1, minWidth: 0 },
    line: { height: 1, marginVertical: space.xs, backgroundColor: colors.divider },
  }),
);
