import type { Stage } from '@/theme/tokens';

import type { IconName } from './icons';

/** The signs ○ ◐ ● ✕ of the stages. */
export const stageIcons: Record<Stage, IconName> = {
  potential: 'circle-outline',
  interested: 'circle-half-full',
  won: 'circle',
  lost: 'close',
};
