import { View } from 'react-native';

import { useTheme } from '@/theme/theme';
import { Text } from '@/ui';

/** The product's sign. */
export function Mark() {
  const { colors, radius } = useTheme();
  return (
    <View
      aria-hidden
      style={{ width: 32, height: 32, alignItems: 'center', justifyContent: 'center', borderRadius: radius.control, backgroundColor: colors.primary }}
    >
      <Text variant="section" tone="onPrimary">
        关
      </Text>
    </View>
  );
}
