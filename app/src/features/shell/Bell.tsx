import { useTranslation } from 'react-i18next';

import { useUnreadCount } from '@/api/notifications';
import { IconButton } from '@/ui';

/** The way to the notifications, with the number of unread ones. */
export function Bell() {
  const { t } = useTranslation();
  const unread = useUnreadCount();
  return (
    <IconButton
      icon={unread > 0 ? 'bell' : 'bell-outline'}
      label={unread > 0 ? t('shell:bell.unread', { count: unread }) : t('shell:bell.label')}
      badge={unread}
      href="/notifications"
      testID="nav-notifications"
    />
  );
}
