import { screenOnDemand } from '@/ui';

export default screenOnDemand(() => import('@/features/settings/MembersScreen').then((module) => module.MembersScreen));
