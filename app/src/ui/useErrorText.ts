import { useTranslation } from 'react-i18next';

import { errorKind, retrySeconds } from './errorKind';

/** One sentence for an error that belongs to no field, for a toast or the top of a form. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    const kind = errorKind(error);
    if (kind === 'busy') return t('ui:error.busyBody', { count: retrySeconds(error) });
    return t(`ui:error.${kind}Short`);
  };
}
