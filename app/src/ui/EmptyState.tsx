import { StyleSheet, View } from 'react-native';

import { themed } from '@/theme/theme';

import { Button } from './Button';
import { Icon, type IconName } from './Icon';
import { Text } from './Text';

type Props = {
  icon?: IconName;
  title: string;
  body?: string;
  action?: { label: string; onPress?: () => void; href?: string; icon?: IconName; testID?: string };
};

/** Says what belongs here and offers the first step. */
export function EmptyState({ icon = 'inbox-outline', title, body, action }: Props) {
  const styles = useStyles();
  return (
    <View style={styles.state}>
      <View style={styles.circle}>
        <Icon name={icon} size={24} />
      </View>
      <Text variant="section" style={styles.centred}>
        {title}
      </Text>
      {body ? (
        <Text tone="muted" style={styles.centred}>
          {body}
        </Text>
      ) : null}
      {action ? (
        <View style={styles.action}>
          <Button kind="primary" {...action} />
        </View>
      ) : null}
    </View>
  );
}

const useStyles = themed(({ colors, radius, space }) =>
  StyleSheet.create({
    state: { alignItems: 'center', gap: space.s, paddingVertical: space.xxxl, paddingHorizontal: space.l, alignSelf: 'center', maxWidth: 420 },
    circle: { width: 48, height: 48, alignItems: 'center', justifyContent: 'center', borderRadius: radius.round, backgroundColor: colors.hover },
    centred: { textAlign: 'center' },
    action: { paddingTop: space.s },
  }),
);
