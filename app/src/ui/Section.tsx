import type { ReactNode } from 'react';
import { View } from 'react-native';

import { useTheme } from '@/theme/theme';

import { Row } from './Row';
import { Text } from './Text';

/** A part of a screen under a heading of its own, without the frame of a card. */
export function Section({ title, action, children }: { title?: string; action?: ReactNode; children?: ReactNode }) {
  const { space } = useTheme();
  return (
    <View style={{ gap: space.m }}>
      {title || action ? (
        <Row justify="space-between" style={{ minHeight: 28 }}>
          {title ? (
            <Text variant="section" heading={2} style={{ flexShrink: 1 }}>
              {title}
            </Text>
          ) : null}
          {action}
        </Row>
      ) : null}
      {children}
    </View>
  );
}

export function Divider() {
  const { colors } = useTheme();
  return <View style={{ height: 1, backgroundColor: colors.divider, alignSelf: 'stretch' }} />;
}
