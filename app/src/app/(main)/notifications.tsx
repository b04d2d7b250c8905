import { screenOnDemand } from '@/ui';

export default screenOnDemand(() => import('@/features/notifications/NotificationsScreen').then((module) => module.NotificationsScreen));
