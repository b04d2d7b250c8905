import { themed } from '@/theme/theme';
import { Text } from '@/ui';

import { around } from './filterError';

/** A piece of the filter with the character marked at which it goes wrong. */
export function FilterMark({ filter, at }: { filter: string; at: number }) {
  const styles = useStyles();
  const { before, there, after } = around(filter, at);
  return (
    <Text variant="caption" selectable testID="filter-mark">
      {before}
      <Text variant="caption" strong style={styles.there}>
        {there}
      </Text>
      {after}
    </Text>
  );
}

const useStyles = themed((theme) => ({
  there: { backgroundColor: theme.colors.dangerSoft, color: theme.colors.danger },
}));
