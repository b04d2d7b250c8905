import { Link, router, type Href } from 'expo-router';
import { useEffect, useRef, useState, type CSSProperties, type MouseEvent } from 'react';
import type { TextStyle } from 'react-native';
import { useTranslation } from 'react-i18next';

import { variablesOf } from '@/theme/document';
import { useTheme } from '@/theme/theme';

import { CardList } from './CardList';
import { Icon } from './Icon';
import { IconButton } from './IconButton';
import { Menu } from './Menu';
import { Skeleton } from './Skeleton';
import { nextSort, toggled, type Column, type TableProps } from './tableTypes';
import { Text } from './Text';
import { useColumns } from './useColumns';
import { useShortcut } from './useShortcut';
import { useWidth } from './useWidth';
import { useWindowing } from './useWindowing';

/** A real table, with cards in its place under 600 px. Rows far from sight are not in the page. */
export function Table<T>(props: TableProps<T>) {
  return useWidth() === 'phone' ? <CardList {...props} /> : <WideTable {...props} />;
}

const tickWidth = 44;
const flexibleWidth = 120;
const nearEnd = 10;

function WideTable<T>(props: TableProps<T>) {
  const { rows, rowKey, rowName, href, sort, onSort, selected, onSelect, onEndReached, loading, empty, label, footer, current } = props;
  const { t } = useTranslation();
  const theme = useTheme();
  const { size } = theme;
  const scroller = useRef<HTMLDivElement>(null);
  const { visible, isHidden, toggle } = useColumns(label, props.columns);
  const { start, end } = useWindowing(scroller, rows.length, size.row);
  const { lastTicked, tick } = useTicks(rows.map(rowKey), selected, onSelect);
  const cursor = useCursor(scroller, rows.length, size.row);

  useShortcut('j', () => cursor.move(1));
  useShortcut('k', () => cursor.move(-1));
  useShortcut('x', () => tick(cursor.at, false), { enabled: Boolean(onSelect) });
  useShortcut('shift+x', () => tick(cursor.at, true), { enabled: Boolean(onSelect) });

  const atEnd = rows.length > 0 && end >= rows.length - nearEnd;
  const reached = useRef(onEndReached);
  useEffect(() => {
    reached.current = onEndReached;
  });
  useEffect(() => {
    if (atEnd) reached.current?.();
  }, [atEnd, rows.length]);

  if (rows.length === 0 && !loading) return <>{empty}</>;

  const ticked = selected?.size ?? 0;
  const hideable = props.columns.filter((column) => column.hideable);
  const extra = (onSelect ? 1 : 0) + (hideable.length > 0 ? 1 : 0);
  const minWidth = visible.reduce((sum, { width }) => sum + (width ?? flexibleWidth), extra * tickWidth);

  return (
    <div style={{ ...frame, ...variablesOf(theme) }}>
      <div ref={scroller} style={scrolling} tabIndex={-1}>
        <table className="table" aria-label={label} aria-rowcount={rows.length + 1} aria-busy={loading || undefined} style={{ minWidth }}>
          <colgroup>
            {onSelect ? <col style={{ width: tickWidth }} /> : null}
            {visible.map(({ key, width }) => (
              <col key={key} style={{ width }} />
            ))}
            {hideable.length > 0 ? <col style={{ width: tickWidth }} /> : null}
          </colgroup>
          <thead>
            <tr style={{ height: size.row }} aria-rowindex={1}>
              {onSelect ? (
                <th className="pinned" style={{ left: 0 }}>
                  <Tick
                    label={t('ui:table.selectAll')}
                    checked={ticked > 0 && ticked >= rows.length}
                    mixed={ticked > 0 && ticked < rows.length}
                    onToggle={() => onSelect(ticked >= rows.length ? new Set() : new Set(rows.map(rowKey)))}
                    testID="select-all"
                  />
                </th>
              ) : null}
              {visible.map((column, index) => (
                <Head key={column.key} column={column} pinned={isPinned(column, index)} left={onSelect ? tickWidth : 0} sort={sort} onSort={onSort} />
              ))}
              {hideable.length > 0 ? (
                <th style={{ padding: 0 }}>
                  <Menu
                    label={t('ui:table.columns')}
                    trigger={(trigger) => <IconButton {...trigger} size="small" icon="view-column-outline" label={t('ui:table.columns')} testID="action-columns" />}
                    items={hideable.map((column) => ({ key: column.key, label: column.title, checked: !isHidden(column), onPress: () => toggle(column.key) }))}
                  />
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {start > 0 ? <Spacer height={start * size.row} /> : null}
            {rows.slice(start, end).map((row, offset) => {
              const index = start + offset;
              const key = rowKey(row);
              const address = href?.(row);
              return (
                <tr
                  key={key}
                  data-testid={`row-${key}`}
                  data-index={index}
                  aria-rowindex={index + 2}
                  aria-selected={onSelect || current ? Boolean(selected?.has(key)) || key === current : undefined}
                  className={address ? 'linked' : undefined}
                  style={{ height: size.row }}
                  onClick={address ? (event) => follow(event, address) : undefined}
                >
                  {onSelect ? (
                    <td className="pinned" style={{ left: 0 }}>
                      <Tick
                        label={t('ui:table.selectRow', { name: rowName?.(row) ?? '' })}
                        checked={selected?.has(key) ?? false}
                        onToggle={(range) => tick(index, range && lastTicked.current !== null)}
                        testID={`select-${key}`}
                      />
                    </td>
                  ) : null}
                  {visible.map((column, place) => (
                    <td
                      key={column.key}
                      className={isPinned(column, place) ? 'pinned' : undefined}
                      style={{ textAlign: column.align, ...(isPinned(column, place) && { left: onSelect ? tickWidth : 0 }) }}
                    >
                      {place === 0 && address ? (
                        <Link href={address as Href} style={link}>
                          {column.render(row)}
                        </Link>
                      ) : (
                        <div style={column.align === 'right' ? rightCell : cell}>{column.render(row)}</div>
                      )}
                    </td>
                  ))}
                  {hideable.length > 0 ? <td /> : null}
                </tr>
              );
            })}
            {end < rows.length ? <Spacer height={(rows.length - end) * size.row} /> : null}
            {loading ? <LoadingRows count={rows.length === 0 ? 8 : 1} columns={visible.length + extra} height={size.row} /> : null}
          </tbody>
        </table>
        {footer}
      </div>
      <div role="status" style={unseen}>
        {loading ? '' : t('ui:table.loaded', { count: rows.length })}
      </div>
    </div>
  );
}

const isPinned = <T,>(column: Column<T>, index: number) => index === 0 || column.sticky === true;

/** Follows a row's link from anywhere in the row, unless a control was meant or text is being selected. */
function follow(event: MouseEvent<HTMLElement>, address: string): void {
  if ((event.target as Element).closest('a, button, input, [role="button"]')) return;
  if (globalThis.getSelection()?.toString()) return;
  if (event.ctrlKey || event.metaKey) globalThis.open(address, '_blank', 'noopener');
  else router.push(address as Href);
}

function Head<T>({ column, pinned, left, sort, onSort }: { column: Column<T>; pinned: boolean; left: number; sort?: string; onSort?: (sort: string) => void }) {
  const { t } = useTranslation();
  const { colors } = useTheme();
  const { sort: field, title, align } = column;
  const direction = !field ? undefined : sort === field ? 'ascending' : sort === `-${field}` ? 'descending' : 'none';
  const words = (
    <Text variant="label" tone={direction && direction !== 'none' ? 'text' : 'muted'} lines={1}>
      {title}
    </Text>
  );
  return (
    <th scope="col" className={pinned ? 'pinned' : undefined} style={{ textAlign: align ?? 'left', ...(pinned && { left }) }} aria-sort={direction}>
      {field && onSort ? (
        <button
          type="button"
          className="sort"
          title={t('ui:table.sortBy', { column: title })}
          onClick={() => onSort(nextSort(field, sort))}
          data-testid={`sort-${column.key}`}
          style={{ ...sortButton, justifyContent: align === 'right' ? 'flex-end' : 'flex-start' }}
        >
          {words}
          {direction === 'none' ? null : <Icon name={direction === 'descending' ? 'arrow-down' : 'arrow-up'} size={16} color={colors.text} />}
        </button>
      ) : (
        <div style={align === 'right' ? rightCell : cell}>{words}</div>
      )}
    </th>
  );
}

type TickProps = { label: string; checked: boolean; mixed?: boolean; onToggle: (range: boolean) => void; testID: string };

function Tick({ label, checked, mixed = false, onToggle, testID }: TickProps) {
  const { colors } = useTheme();
  const box = useRef<HTMLInputElement>(null);
  const range = useRef(false);
  useEffect(() => {
    if (box.current) box.current.indeterminate = mixed;
  }, [mixed]);
  return (
    <label style={tickLabel}>
      <input
        ref={box}
        type="checkbox"
        aria-label={label}
        checked={checked}
        onClick={(event) => {
          range.current = event.shiftKey;
        }}
        onChange={() => onToggle(range.current)}
        data-testid={testID}
        style={{ width: 16, height: 16, margin: 0, accentColor: colors.primary }}
      />
    </label>
  );
}

/** Keeps where the last tick was set, from which a range begins. */
function useTicks(keys: string[], selected?: Set<string>, onSelect?: (selected: Set<string>) => void) {
  const lastTicked = useRef<number | null>(null);
  const tick = (index: number, range: boolean) => {
    if (!onSelect || index < 0) return;
    onSelect(toggled(selected ?? new Set(), keys, index, range ? lastTicked.current : null));
    lastTicked.current = index;
  };
  return { lastTicked, tick };
}

/** The row that J and K have come to; its link has the focus. */
function useCursor(scroller: React.RefObject<HTMLDivElement | null>, count: number, rowHeight: number) {
  const [at, setAt] = useState(-1);
  const move = (by: number) => {
    const next = Math.max(0, Math.min(count - 1, at + by));
    setAt(next);
    const node = scroller.current;
    if (!node) return;
    const top = next * rowHeight;
    // The head covers the first row's height of what is seen.
    if (top < node.scrollTop) node.scrollTo({ top });
    else if (top + 2 * rowHeight > node.scrollTop + node.clientHeight) node.scrollTo({ top: top + 2 * rowHeight - node.clientHeight });
    requestAnimationFrame(() => node.querySelector<HTMLElement>(`tr[data-index="${next}"] :is(a, input)`)?.focus({ preventScroll: true }));
  };
  return { at, move };
}

function Spacer({ height }: { height: number }) {
  return <tr aria-hidden style={{ height }} />;
}

function LoadingRows({ count, columns, height }: { count: number; columns: number; height: number }) {
  return Array.from({ length: count }, (_, index) => (
    <tr key={index} style={{ height }}>
      <td colSpan={columns}>
        <Skeleton height={12} width={`${90 - (index % 3) * 15}%`} />
      </td>
    </tr>
  ));
}

const frame: CSSProperties = { position: 'relative', display: 'flex', flexDirection: 'column', flex: 1, minHeight: 0, minWidth: 0 };
const scrolling: CSSProperties = {
  flex: 1,
  minHeight: 0,
  overflow: 'auto',
  border: '1px solid var(--divider)',
  borderRadius: 12,
  background: 'var(--surface)',
};
const link = { display: 'block', overflow: 'hidden' } as unknown as TextStyle;
const cell: CSSProperties = { display: 'flex', alignItems: 'center', minWidth: 0 };
const rightCell: CSSProperties = { ...cell, justifyContent: 'flex-end' };
const sortButton: CSSProperties = {
  display: 'flex',
  alignItems: 'center',
  gap: 4,
  width: '100%',
  minHeight: 28,
  padding: 0,
  border: 0,
  background: 'none',
  font: 'inherit',
  cursor: 'pointer',
};
const tickLabel: CSSProperties = { display: 'flex', alignItems: 'center', justifyContent: 'center', minHeight: 28, minWidth: 24, cursor: 'pointer' };
const unseen: CSSProperties = { position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' };
