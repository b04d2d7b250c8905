import { ScrollView, StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/i18n/format';
import { themed } from '@/theme/theme';

import { Press } from './Press';
import { Text } from './Text';
import { web, type KeyPress } from './web';

export type Tab<K extends string> = { key: K; label: string; count?: number; href?: string };

type Props<K extends string> = {
  tabs: Tab<K>[];
  value: K;
  onChange?: (key: K) => void;
  /** Names the list of tabs. */
  label: string;
};

/** One tab stop; the arrow keys move among the tabs and Enter opens one. */
export function Tabs<K extends string>({ tabs, value, onChange, label }: Props<K>) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const styles = useStyles();

  const onKeyDown = (event: KeyPress) => {
    const nodes = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role="tab"]')];
    const at = nodes.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined || at < 0) return;
    event.preventDefault();
    nodes.at(next % nodes.length)?.focus();
  };

  return (
    <View style={styles.bar}>
      <ScrollView horizontal showsHorizontalScrollIndicator={false}>
        <View role="tablist" aria-label={label} style={styles.list} {...web({ onKeyDown })}>
          {tabs.map((tab) => {
            const selected = tab.key === value;
            return (
              <Press
                key={tab.key}
                role="tab"
                aria-label={tab.count === undefined ? tab.label : t('ui:tabs.count', { label: tab.label, count: tab.count })}
                aria-selected={selected}
                href={tab.href}
                onPress={onChange && (() => onChange(tab.key))}
                testID={`tab-${tab.key}`}
                {...web({ tabIndex: selected ? 0 : -1, dataSet: { ring: 'inside' } })}
                style={styles.tab}
              >
                <Text strong={selected} tone={selected ? 'primary' : 'muted'} lines={1}>
                  {tab.label}
                </Text>
                {tab.count === undefined ? null : (
                  <View style={styles.count}>
                    <Text variant="caption" tabular tone={selected ? 'primary' : 'muted'}>
                      {number(tab.count)}
                    </Text>
                  </View>
                )}
                <View style={[styles.mark, selected && styles.marked]} />
              </Press>
            );
          })}
        </View>
      </ScrollView>
    </View>
  );
}

const useStyles = themed(({ colors, radius, size, space }) =>
  StyleSheet.create({
    bar: { borderBottomWidth: 1, borderBottomColor: colors.divider },
    list: { flexDirection: 'row', gap: space.xs },
    tab: {
      flexDirection: 'row',
      alignItems: 'center',
      gap: space.xs,
      height: size.control + 4,
      paddingHorizontal: space.m,
      borderTopLeftRadius: radius.control,
      borderTopRightRadius: radius.control,
    },
    count: { minWidth: 20, paddingHorizontal: 6, alignItems: 'center', borderRadius: radius.round, backgroundColor: colors.hover },
    mark: { position: 'absolute', left: space.m, right: space.m, bottom: 0, height: 2, borderTopLeftRadius: 2, borderTopRightRadius: 2 },
    marked: { backgroundColor: colors.primary },
  }),
);
