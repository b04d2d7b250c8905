import { Row, Text } from '@/ui';
import { StyleSheet } from 'react-native';

import { themed } from '@/theme/theme';

/** The first tags of a customer in one line, and how many more there are. */
export function TagChips({ tags, most = 2 }: { tags: string[]; most?: number }) {
  const styles = useStyles();
  const more = tags.length - most;
  return (
    <Row gap={4}>
      {tags.slice(0, most).map((tag) => (
        <Text key={tag} variant="caption" lines={1} style={styles.tag}>
          {tag}
        </Text>
      ))}
      {more > 0 && (
        <Text variant="caption" tone="muted">
          +{more}
        </Text>
      )}
    </Row>
  );
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    tag: {
      flexShrink: 1,
      paddingHorizontal: space.s,
      paddingVertical: 2,
      borderRadius: radius.round,
      backgroundColor: colors.neutralSoft,
      color: colors.onNeutralSoft,
    },
  }),
);
