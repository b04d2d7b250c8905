import { screenOnDemand } from '@/ui';

export default screenOnDemand(() => import('@/features/settings/SessionsScreen').then((module) => module.SessionsScreen));
