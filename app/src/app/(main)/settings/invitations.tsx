import { screenOnDemand } from '@/ui';

export default screenOnDemand(() => import('@/features/settings/InvitationsScreen').then((module) => module.InvitationsScreen));
