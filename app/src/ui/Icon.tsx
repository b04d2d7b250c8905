import Svg, { Path } from 'react-native-svg';

import { useTheme } from '@/theme/theme';

import { icons, type IconName } from './icons';

export type { IconName } from './icons';

export type IconProps = { name: IconName; size?: number; color?: string; /** Without one the icon is decoration. */ label?: string };

export function Icon({ name, size = 20, color, label }: IconProps) {
  const { colors } = useTheme();
  return (
    <Svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      accessible={label !== undefined}
      accessibilityLabel={label}
      accessibilityRole={label ? 'image' : undefined}
      accessibilityElementsHidden={!label}
      importantForAccessibility={label ? 'yes' : 'no-hide-descendants'}
    >
      <Path d={icons[name]} fill={color ?? colors.muted} />
    </Svg>
  );
}
