import { useWindowDimensions } from 'react-native';

import { breakpoint } from '@/theme/tokens';

export type Width = 'phone' | 'tablet' | 'desktop';

export function useWidth(): Width {
  const { width } = useWindowDimensions();
  if (width < breakpoint.tablet) return 'phone';
  return width < breakpoint.desktop ? 'tablet' : 'desktop';
}
