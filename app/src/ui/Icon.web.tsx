import { useTheme } from '@/theme/theme';

import type { IconProps } from './Icon';
import { icons } from './icons';

export type { IconName } from './icons';

// The browser draws SVG by itself; react-native-svg would add 100 kB.
export function Icon({ name, size = 20, color, label }: IconProps) {
  const { colors } = useTheme();
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
      style={{ flexShrink: 0, display: 'block' }}
    >
      <path d={icons[name]} fill={color ?? colors.muted} />
    </svg>
  );
}
