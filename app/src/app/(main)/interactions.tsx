import { screenOnDemand } from '@/ui';

export default screenOnDemand(() => import('@/features/home/LoggedScreen').then((module) => module.LoggedScreen));
