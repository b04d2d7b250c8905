import { useTranslation } from 'react-i18next';

import type { Outcome } from '@/api/imports';
import { Chip, type IconName, type Tone } from '@/ui';

const LOOKS: Record<Outcome, { tone: Tone; icon: IconName }> = {
  created: { tone: 'success', icon: 'plus' },
  updated: { tone: 'primary', icon: 'pencil-outline' },
  duplicate: { tone: 'neutral', icon: 'content-copy' },
  rejected: { tone: 'danger', icon: 'close-circle-outline' },
};

export function OutcomeChip({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation();
  return <Chip {...LOOKS[outcome]} label={t(`imports:outcomes.${outcome}`)} />;
}
