import { router, type Href } from 'expo-router';
import { memo, type CSSProperties, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { Tick } from './Tick.web';
import { isPinned, tickWidth, type Column } from './tableTypes';

type Props<T> = {
  row: T;
  rowKey: string;
  /** Among all rows of the table. */
  index: number;
  columns: Column<T>[];
  height: number;
  href?: string;
  name?: string;
  /** Absent where rows cannot be selected. */
  ticked?: boolean;
  onTick?: (index: number, range: boolean) => void;
  /** The record that is open. */
  current?: boolean;
  /** Whether a column without content follows, below the menu of the columns. */
  tail: boolean;
  /** Only the row's name, while somebody rushes past. */
  brief: boolean;
};

function Row<T>({ row, rowKey, index, columns, height, href, name, ticked, onTick, current, tail, brief }: Props<T>) {
  const { t } = useTranslation();
  if (brief) {
    return (
      <tr aria-rowindex={index + 2} style={{ height }}>
        {onTick ? <td className="pinned" /> : null}
        <td className="brief" colSpan={columns.length + (tail ? 1 : 0)}>
          {name}
        </td>
      </tr>
    );
  }
  return (
    <tr
      data-testid={`row-${rowKey}`}
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={ticked === undefined && current === undefined ? undefined : Boolean(ticked || current)}
      className={href ? 'linked' : undefined}
      style={{ height }}
      onClick={href ? (event) => follow(event, href) : undefined}
    >
      {onTick ? (
        <td className="pinned" style={{ left: 0 }}>
          <Tick label={t('ui:table.selectRow', { name: name ?? '' })} checked={ticked ?? false} onToggle={(range) => onTick(index, range)} testID={`select-${rowKey}`} />
        </td>
      ) : null}
      {columns.map((column, place) => (
        <td
          key={column.key}
          className={isPinned(column, place) ? 'pinned' : undefined}
          style={{ textAlign: column.align, ...(isPinned(column, place) && { left: onTick ? tickWidth : 0 }) }}
        >
          {place === 0 && href ? (
            <a href={href} style={link}>
              {column.render(row)}
            </a>
          ) : (
            <div style={column.align === 'right' ? rightCell : cell}>{column.render(row)}</div>
          )}
        </td>
      ))}
      {tail ? <td /> : null}
    </tr>
  );
}

/** One row. It is drawn anew only when something of it changes: scrolling past ten thousand draws those that come into sight. */
export const TableRow = memo(Row) as typeof Row;

/**
 * Follows a row's link from anywhere in the row, unless a control was meant or text is being selected. The link itself is
 * a plain one, which takes a tenth of the router's own: with Ctrl, Shift or ⌘ the browser does what it does with links.
 */
function follow(event: MouseEvent<HTMLElement>, address: string): void {
  const target = event.target as Element;
  const beside = event.ctrlKey || event.metaKey || event.shiftKey;
  if (target.closest('a')) {
    if (beside) return;
    event.preventDefault();
  } else {
    if (target.closest('button, input, [role="button"]') || globalThis.getSelection()?.toString()) return;
    if (beside) {
      globalThis.open(address, '_blank', 'noopener');
      return;
    }
  }
  router.push(address as Href);
}

const link: CSSProperties = { display: 'block', overflow: 'hidden', textDecoration: 'none', color: 'inherit' };
const cell: CSSProperties = { display: 'flex', alignItems: 'center', minWidth: 0 };
const rightCell: CSSProperties = { ...cell, justifyContent: 'flex-end' };
