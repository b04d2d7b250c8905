
import { useFormat } from '@/i18n/format';
import { Text } from '@/ui';

/** How many customers a list holds; the server counts up to a limit. */
export function ListCount({ total, capped, known }: { total: number; capped: boolean; known: boolean }) {
  const format = useFormat();
  if (!known) return null;
  const count = format.number(total);
  return (
    <Text tone="muted" tabular role="status" testID="count">
      {capped ? `${count}+` : count}
    </Text>
  );
}
