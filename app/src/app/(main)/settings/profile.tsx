import { screenOnDemand } from '@/ui';

export default screenOnDemand(() => import('@/features/settings/ProfileScreen').then((module) => module.ProfileScreen));
