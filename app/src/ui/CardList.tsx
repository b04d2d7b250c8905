import { useTranslation } from 'react-i18next';
import { FlatList, StyleSheet, View } from 'react-native';

import { themed } from '@/theme/theme';

import { CheckBox } from './CheckBox';
import { Press } from './Press';
import { Skeleton } from './Skeleton';
import type { TableProps } from './tableTypes';
import { web } from './web';

/** A table where there is no room for one: a card for each row. Pressing one long begins to select. */
export function CardList<T>({ rows, rowKey, rowName, href, selected, onSelect, onEndReached, loading, empty, label, footer, card }: TableProps<T>) {
  const { t } = useTranslation();
  const styles = useStyles();
  const selecting = Boolean(selected?.size);

  const toggle = (key: string) => {
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    onSelect?.(next);
  };

  if (rows.length === 0) {
    return loading ? (
      <View style={styles.loading}>
        {[0, 1, 2, 3, 4].map((line) => (
          <Skeleton key={line} height={56} />
        ))}
      </View>
    ) : (
      <>{empty}</>
    );
  }
  return (
    <FlatList
      data={rows}
      role="list"
      aria-label={label}
      keyExtractor={rowKey}
      extraData={selected}
      renderItem={({ item }) => {
        const key = rowKey(item);
        return (
          <View role="listitem" style={styles.row}>
            {selecting ? (
              <CheckBox
                hideLabel
                label={t('ui:table.selectRow', { name: rowName?.(item) ?? '' })}
                checked={selected?.has(key) ?? false}
                onChange={() => toggle(key)}
              />
            ) : null}
            <Press
              href={selecting ? undefined : href?.(item)}
              onPress={selecting ? () => toggle(key) : undefined}
              onLongPress={onSelect && (() => toggle(key))}
              testID={`row-${key}`}
              style={styles.card}
              {...web({ dataSet: { ring: 'inside' } })}
            >
              {card(item)}
            </Press>
          </View>
        );
      }}
      ItemSeparatorComponent={Line}
      onEndReached={onEndReached}
      onEndReachedThreshold={0.6}
      initialNumToRender={12}
      ListFooterComponent={
        <>
          {loading ? <Skeleton height={56} /> : null}
          {footer}
        </>
      }
      style={styles.list}
    />
  );
}

function Line() {
  const styles = useStyles();
  return <View style={styles.line} />;
}

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    // Cards go from edge to edge of the screen.
    list: { flex: 1, marginHorizontal: -space.l, backgroundColor: colors.surface },
    row: { flexDirection: 'row', alignItems: 'center', paddingLeft: 0 },
    card: { flex: 1, minWidth: 0, minHeight: 72, justifyContent: 'center', paddingHorizontal: space.l, paddingVertical: space.m },
    line: { height: 1, backgroundColor: colors.divider },
    loading: { gap: space.m, paddingVertical: space.m },
  }),
);
