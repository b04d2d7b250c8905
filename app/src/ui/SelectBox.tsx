import type { ReactNode, RefObject } from 'react';
import { StyleSheet, View } from 'react-native';

import { themed } from '@/theme/theme';

import type { useFieldIds } from './Field';
import { Icon, type IconName } from './Icon';
import { Press } from './Press';
import { web, type KeyPress } from './web';

type Props = {
  ref: RefObject<View | null>;
  /** Names the field and says what it holds. */
  label: string;
  ids: ReturnType<typeof useFieldIds>;
  open: boolean;
  onOpen: () => void;
  popup: 'listbox' | 'dialog';
  icon?: IconName;
  error?: string;
  required?: boolean;
  disabled?: boolean;
  testID?: string;
  children: ReactNode;
};

/** The closed form of a field that opens a list or a calendar. */
export function SelectBox({ ref, label, ids, open, onOpen, popup, icon = 'chevron-down', error, required, disabled, testID, children }: Props) {
  const styles = useStyles();
  return (
    <Press
      ref={ref}
      role={popup === 'listbox' ? 'combobox' : 'button'}
      aria-label={label}
      aria-expanded={open}
      aria-disabled={disabled || undefined}
      disabled={disabled}
      onPress={onOpen}
      testID={testID}
      {...web({
        'aria-haspopup': popup,
        'aria-describedby': ids.described,
        ...(popup === 'listbox' && { 'aria-invalid': error ? true : undefined, 'aria-required': required }),
        tabIndex: disabled ? -1 : 0,
        onKeyDown: (event: KeyPress) => {
          if (!['ArrowDown', 'ArrowUp', ...(popup === 'listbox' ? ['Enter', ' '] : [])].includes(event.key)) return;
          event.preventDefault();
          onOpen();
        },
      })}
      style={[styles.box, error ? styles.wrong : null, disabled && styles.disabled]}
      hoverStyle={null}
    >
      <View style={styles.content}>{children}</View>
      <Icon name={icon} size={18} />
    </Press>
  );
}

const useStyles = themed(({ colors, radius, size, space }) =>
  StyleSheet.create({
    box: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.s,
      minHeight: size.control,
      paddingHorizontal: space.m,
      borderWidth: 1,
      borderColor: colors.outline,
      borderRadius: radius.control,
      backgroundColor: colors.surface,
    },
    wrong: { borderColor: colors.danger },
    disabled: { backgroundColor: colors.hover, borderColor: colors.divider },
    content: { flex: 1, minWidth: 0, flexDirection: 'row', flexWrap: 'wrap', alignItems: 'center', gap: space.xs },
  }),
);
