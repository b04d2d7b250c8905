import type { LifecycleMove } from '@/api/lifecycle';
import type { Stage } from '@/theme/tokens';

import { STAGES } from '../filter/fields';

export interface StageStep {
  stage: Stage;
  state: 'done' | 'current' | 'todo' | 'off';
  /** Whether the company allows the move there. */
  allowed: boolean;
}

/** The stages in their order, seen from one of them. Lost stands aside of the way from Potential to Won. */
export function stagesOf(current: Stage, moves: LifecycleMove[]): StageStep[] {
  const at = STAGES.indexOf(current);
  return STAGES.map((stage, i) => {
    const allowed = moves.some(({ from, to }) => from === current && to === stage);
    if (stage === current) return { stage, state: 'current', allowed: false };
    if (stage === 'lost') return { stage, state: 'off', allowed };
    return { stage, state: current !== 'lost' && i < at ? 'done' : 'todo', allowed };
  });
}
