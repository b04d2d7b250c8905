import { useTranslation } from 'react-i18next';

import { Banner } from '@/ui';

interface Props {
  onFile: (file: File) => void;
  busy: boolean;
  busyName?: string;
  error?: string;
}

/** Files are chosen in browsers; the apps say where. */
export function FileDrop(_props: Props) {
  const { t } = useTranslation();
  return <Banner tone="neutral" text={t('imports:list.webOnly')} />;
}
