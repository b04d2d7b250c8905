import { useCallback, useEffect, useMemo, useRef, type CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';

import { variablesOf } from '@/theme/document';
import { useTheme } from '@/theme/theme';

import { CardList } from './CardList';
import { IconButton } from './IconButton';
import { Menu } from './Menu';
import { Skeleton } from './Skeleton';
import { TableHead } from './TableHead.web';
import { TableRow } from './TableRow.web';
import { isPinned, tickWidth, toggled, type TableProps } from './tableTypes';
import { Tick } from './Tick.web';
import { useColumns } from './useColumns';
import { useRowCursor } from './useRowCursor.web';
import { useShortcut } from './useShortcut';
import { useWidth } from './useWidth';
import { useWindowing } from './useWindowing';

/** A real table, with cards in its place under 600 px. Rows far from sight are not in the page. */
export function Table<T>(props: TableProps<T>) {
  return useWidth() === 'phone' ? <CardList {...props} /> : <WideTable {...props} />;
}

const flexibleWidth = 120;
const nearEnd = 10;

function WideTable<T>(props: TableProps<T>) {
  const { rows, rowKey, rowName, href, sort, onSort, selected, onSelect, onEndReached, loading, empty, name, label, footer, current } = props;
  const { t } = useTranslation();
  const theme = useTheme();
  const { row: rowHeight } = theme.size;
  const scroller = useRef<HTMLDivElement>(null);
  const { visible, isHidden, toggle } = useColumns(name, props.columns);
  const { start, end, drawn } = useWindowing(scroller, rows.length, rowHeight);
  const keys = useMemo(() => rows.map(rowKey), [rows, rowKey]);
  const tick = useTicks(keys, selected, onSelect);
  const cursor = useRowCursor(scroller, rows.length, rowHeight);

  useShortcut('j', () => cursor.move(1));
  useShortcut('k', () => cursor.move(-1));
  useShortcut('x', () => tick(cursor.at, false), { enabled: Boolean(onSelect) });
  useShortcut('shift+x', () => tick(cursor.at, true), { enabled: Boolean(onSelect) });
  useEndReached(rows.length > 0 && end >= rows.length - nearEnd, rows.length, onEndReached);

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
            <tr style={{ height: rowHeight }} aria-rowindex={1}>
              {onSelect ? (
                <th className="pinned" style={{ left: 0 }}>
                  <Tick
                    label={t('ui:table.selectAll')}
                    checked={ticked > 0 && ticked >= rows.length}
                    mixed={ticked > 0 && ticked < rows.length}
                    onToggle={() => onSelect(ticked >= rows.length ? new Set() : new Set(keys))}
                    testID="select-all"
                  />
                </th>
              ) : null}
              {visible.map((column, index) => (
                <TableHead key={column.key} column={column} pinned={isPinned(column, index)} left={onSelect ? tickWidth : 0} sort={sort} onSort={onSort} />
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
            {start > 0 ? <Spacer height={start * rowHeight} /> : null}
            {rows.slice(start, end).map((row, offset) => {
              const key = rowKey(row);
              const index = start + offset;
              return (
                <TableRow
                  key={key}
                  row={row}
                  rowKey={key}
                  index={index}
                  columns={visible}
                  height={rowHeight}
                  href={href?.(row)}
                  name={rowName?.(row)}
                  ticked={onSelect && Boolean(selected?.has(key))}
                  onTick={onSelect && tick}
                  current={current === undefined ? undefined : key === current}
                  tail={hideable.length > 0}
                  brief={drawn !== null && (index < drawn.start || index >= drawn.end)}
                />
              );
            })}
            {end < rows.length ? <Spacer height={(rows.length - end) * rowHeight} /> : null}
            {loading ? <LoadingRows count={rows.length === 0 ? 8 : 1} columns={visible.length + extra} height={rowHeight} /> : null}
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

/** Ticks a row, or with range all since the last one. It stays the same function, so that rows need not be drawn for it. */
function useTicks(keys: string[], selected?: Set<string>, onSelect?: (selected: Set<string>) => void) {
  const last = useRef<number | null>(null);
  const latest = useRef({ keys, selected, onSelect });
  useEffect(() => {
    latest.current = { keys, selected, onSelect };
  });
  return useCallback((index: number, range: boolean) => {
    const { keys, selected, onSelect } = latest.current;
    if (!onSelect || index < 0) return;
    onSelect(toggled(selected ?? new Set(), keys, index, range ? last.current : null));
    last.current = index;
  }, []);
}

/** Tells once for each length of the list that its end is near. */
function useEndReached(atEnd: boolean, count: number, onEndReached?: () => void) {
  const latest = useRef(onEndReached);
  useEffect(() => {
    latest.current = onEndReached;
  });
  useEffect(() => {
    if (atEnd) latest.current?.();
  }, [atEnd, count]);
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
const unseen: CSSProperties = { position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' };
