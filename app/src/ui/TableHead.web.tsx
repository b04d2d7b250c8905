import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';

import { useTheme } from '@/theme/theme';

import { Icon } from './Icon';
import { nextSort, type Column } from './tableTypes';
import { Text } from './Text';

type Props<T> = {
  column: Column<T>;
  pinned: boolean;
  /** Where it stays when it is pinned. */
  left: number;
  sort?: string;
  onSort?: (sort: string) => void;
};

/** The head of one column, which orders the table where the server can. */
export function TableHead<T>({ column, pinned, left, sort, onSort }: Props<T>) {
  const { t } = useTranslation();
  const { colors } = useTheme();
  const { sort: field, title, align } = column;
  const direction = !field ? undefined : sort === field ? 'ascending' : sort === `-${field}` ? 'descending' : 'none';
  const words = (
    <Text variant="label" tone={direction && direction !== 'none' ? 'text' : 'muted'} lines={1}>
      {title}
    </Text>
  );
  const justify = align === 'right' ? 'flex-end' : 'flex-start';
  return (
    <th scope="col" className={pinned ? 'pinned' : undefined} style={{ textAlign: align ?? 'left', ...(pinned && { left }) }} aria-sort={direction}>
      {field && onSort ? (
        <button
          type="button"
          className="sort"
          title={t('ui:table.sortBy', { column: title })}
          onClick={() => onSort(nextSort(field, sort))}
          data-testid={`sort-${column.key}`}
          style={{ ...button, justifyContent: justify }}
        >
          {words}
          {direction === 'none' ? null : <Icon name={direction === 'descending' ? 'arrow-down' : 'arrow-up'} size={16} color={colors.text} />}
        </button>
      ) : (
        <div style={{ ...plain, justifyContent: justify }}>{words}</div>
      )}
    </th>
  );
}

const plain: CSSProperties = { display: 'flex', alignItems: 'center', minWidth: 0 };
const button: CSSProperties = {
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
