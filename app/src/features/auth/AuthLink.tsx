import { StyleSheet, View } from 'react-native';

import { themed } from '@/theme/theme';
import { Button, Text } from '@/ui';

/** The way to the other screen, below the card. */
export function AuthLink({ question, label, href }: { question: string; label: string; href: string }) {
  const styles = useStyles();
  return (
    <View style={styles.line}>
      <Text tone="muted">{question}</Text>
      <Button kind="text" size="small" label={label} href={href} />
    </View>
  );
}

const useStyles = themed((theme) =>
  StyleSheet.create({
    line: { flexDirection: 'row', alignItems: 'center', justifyContent: 'center', flexWrap: 'wrap', columnGap: theme.space.xs },
  }),
);
