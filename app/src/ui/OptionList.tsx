import { Fragment, useEffect, useId, useRef } from 'react';
import { ScrollView, StyleSheet, TextInput, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { themed, useTheme } from '@/theme/theme';
import { webFont } from '@/theme/tokens';

import { Icon, type IconName } from './Icon';
import { Keys } from './Keys';
import { Press } from './Press';
import { Text } from './Text';
import { useListKeys } from './useListKeys';
import { isWeb, web } from './web';

export type Option<T extends string> = {
  value: T;
  label: string;
  hint?: string;
  icon?: IconName;
  /** A heading above the first of those that follow each other with it. */
  group?: string;
  /** The shortcut that does the same. */
  keys?: string;
};

type Props<T extends string> = {
  label: string;
  options: Option<T>[];
  chosen: (value: T) => boolean;
  onTake: (value: T) => void;
  multiple?: boolean;
  /** With a search field above: what was typed, and what it finds. */
  search?: { text: string; onChange: (text: string) => void; placeholder?: string };
  /** Offers what was typed as something new. */
  onAdd?: () => void;
  /** At most. */
  height?: number;
};

/** A list to choose from by pointer, finger or arrow keys. */
export function OptionList<T extends string>({ label, options, chosen, onTake, multiple, search, onAdd, height = 360 }: Props<T>) {
  const { t } = useTranslation();
  const { colors, type } = useTheme();
  const styles = useStyles();
  const id = useId();
  const list = useRef<View>(null);
  const count = options.length + (onAdd ? 1 : 0);
  const take = (index: number) => {
    const option = options[index];
    if (option) onTake(option.value);
    else onAdd?.();
  };
  const first = Math.max(0, options.findIndex(({ value }) => chosen(value)));
  const { active, setActive, onKeyDown } = useListKeys(count, take, first);
  const activeId = active >= 0 ? `${id}-${active}` : undefined;

  useEffect(() => {
    if (isWeb && activeId) document.getElementById(activeId)?.scrollIntoView?.({ block: 'nearest' });
  }, [activeId]);

  return (
    <View style={{ maxHeight: height }}>
      {search ? (
        <View style={styles.search}>
          <Icon name="magnify" size={18} />
          <TextInput
            value={search.text}
            onChangeText={(text) => {
              search.onChange(text);
              setActive(0);
            }}
            autoFocus={isWeb}
            placeholder={search.placeholder ?? t('common:search')}
            placeholderTextColor={colors.muted}
            aria-label={t('ui:select.search', { label })}
            aria-expanded
            {...web({ role: 'combobox', onKeyPress: onKeyDown, 'aria-controls': id, 'aria-activedescendant': activeId, 'aria-autocomplete': 'list', dataSet: { ring: 'none' } })}
            style={[type.body, styles.input]}
          />
        </View>
      ) : null}
      <ScrollView style={styles.scroll} keyboardShouldPersistTaps="handled">
        <View
          ref={list}
          aria-label={label}
          style={styles.list}
          {...web({ id, role: 'listbox', 'aria-multiselectable': multiple, ...(!search && { tabIndex: 0, onKeyDown, 'aria-activedescendant': activeId, dataSet: { ring: 'none' } }) })}
        >
          {options.map((option, index) => (
            <Fragment key={option.value}>
              {option.group && option.group !== options[index - 1]?.group ? (
                <Text variant="caption" tone="muted" style={styles.heading}>
                  {option.group}
                </Text>
              ) : null}
              <Press
                role="option"
                aria-selected={chosen(option.value)}
                onPress={() => onTake(option.value)}
                onHoverIn={() => setActive(index)}
                testID={`option-${option.value}`}
                {...web({ id: `${id}-${index}`, tabIndex: -1 })}
                style={[styles.option, isWeb && index === active && styles.active]}
              >
                {option.icon ? <Icon name={option.icon} size={18} /> : null}
                <View style={styles.words}>
                  <Text lines={1}>{option.label}</Text>
                  {option.hint ? (
                    <Text variant="caption" tone="muted" lines={1}>
                      {option.hint}
                    </Text>
                  ) : null}
                </View>
                {option.keys ? <Keys keys={option.keys} /> : null}
                {chosen(option.value) ? <Icon name="check" size={18} color={colors.primary} /> : null}
              </Press>
            </Fragment>
          ))}
          {onAdd ? (
            <Press
              role="option"
              aria-selected={false}
              onPress={onAdd}
              testID="option-new"
              {...web({ id: `${id}-${options.length}`, tabIndex: -1 })}
              style={[styles.option, isWeb && active === options.length && styles.active]}
            >
              <Icon name="plus" size={18} color={colors.primary} />
              <Text tone="primary" lines={1} style={styles.words}>
                {t('ui:select.add', { text: search?.text.trim() ?? '' })}
              </Text>
            </Press>
          ) : null}
        </View>
        {count === 0 ? (
          <Text tone="muted" role="status" style={styles.none}>
            {t('ui:select.none')}
          </Text>
        ) : null}
      </ScrollView>
    </View>
  );
}

const useStyles = themed(({ colors, radius, size, space }) =>
  StyleSheet.create({
    search: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.s,
      height: size.control + 4,
      paddingHorizontal: space.m,
      borderBottomWidth: 1,
      borderBottomColor: colors.divider,
    },
    input: {
      flex: 1,
      minWidth: 0,
      lineHeight: undefined,
      padding: 0,
      color: colors.text,
      ...(isWeb && { fontFamily: webFont, outlineStyle: 'none' as 'solid', alignSelf: 'stretch' }),
    },
    scroll: { flexShrink: 1, flexGrow: 0 },
    list: { padding: space.xs, ...(isWeb && { outlineStyle: 'none' as 'solid' }) },
    option: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.m,
      minHeight: size.menuItem,
      paddingHorizontal: space.m,
      paddingVertical: space.xs,
      borderRadius: radius.control,
    },
    heading: { paddingHorizontal: space.m, paddingTop: space.s, paddingBottom: space.xs },
    active: { backgroundColor: colors.hover },
    words: { flex: 1, minWidth: 0 },
    none: { padding: space.l },
  }),
);
