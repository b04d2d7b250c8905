import type { IconName } from '@/ui';

import type { Kind } from './logDraft';

export const KIND_ICONS: Record<Kind, IconName> = {
  call: 'phone-outline',
  wechat: 'wechat',
  meeting: 'account-group-outline',
  visit: 'map-marker-outline',
  sms: 'message-text-outline',
  email: 'email-outline',
  note: 'note-text-outline',
};
