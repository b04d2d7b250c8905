import { useEffect, useState } from 'react';
import { StyleSheet, View, type DimensionValue } from 'react-native';
import { useTranslation } from 'react-i18next';

import { themed, useMotionReduced } from '@/theme/theme';

import { isWeb } from './web';

const patience = 200;

type Props = { lines?: number; height?: number; width?: DimensionValue };

/** Stands for what is on its way, in its size. Answers within 200 ms never show it; its room is kept all the time. */
export function Skeleton({ lines, height = 16, width = '100%' }: Props) {
  const { t } = useTranslation();
  const styles = useStyles();
  const reduced = useMotionReduced();
  const visible = useDelay(patience);
  const count = lines ?? 1;
  return (
    <View role="status" aria-label={visible ? t('common:loading') : undefined} aria-busy style={styles.stack}>
      {Array.from({ length: count }, (_, index) => (
        <View
          key={index}
          style={[
            styles.bar,
            // The last line of a paragraph is shorter.
            { height, width: count > 1 && index === count - 1 ? '60%' : width },
            !visible && styles.hidden,
            isWeb && visible && !reduced && pulse,
          ]}
        />
      ))}
    </View>
  );
}

/** Whether so many milliseconds have passed since it was shown. */
export function useDelay(milliseconds: number): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setPassed(true), milliseconds);
    return () => clearTimeout(timer);
  }, [milliseconds]);
  return passed;
}

const pulse = {
  animationKeyframes: { '0%': { opacity: 1 }, '50%': { opacity: 0.5 }, '100%': { opacity: 1 } },
  animationDuration: '1600ms',
  animationIterationCount: 'infinite',
} as object;

const useStyles = themed(({ colors, space }) =>
  StyleSheet.create({
    stack: { gap: space.s, alignSelf: 'stretch' },
    bar: { borderRadius: 4, backgroundColor: colors.divider },
    hidden: { opacity: 0 },
  }),
);
