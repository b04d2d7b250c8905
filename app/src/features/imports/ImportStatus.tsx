import { useTranslation } from 'react-i18next';

import type { Import } from '@/api/imports';
import { Chip, type IconName, type Tone } from '@/ui';

const LOOKS: Record<Import['status'], { tone: Tone; icon: IconName }> = {
  mapping: { tone: 'warning', icon: 'progress-clock' },
  queued: { tone: 'primary', icon: 'progress-clock' },
  running: { tone: 'primary', icon: 'progress-clock' },
  finished: { tone: 'success', icon: 'check' },
  failed: { tone: 'danger', icon: 'alert-circle-outline' },
  cancelled: { tone: 'neutral', icon: 'close-circle-outline' },
  undoing: { tone: 'primary', icon: 'undo' },
  undone: { tone: 'neutral', icon: 'undo' },
};

export function ImportStatus({ status }: { status: Import['status'] }) {
  const { t } = useTranslation();
  return <Chip {...LOOKS[status]} label={t(`imports:status.${status}`)} testID={`status-${status}`} />;
}
