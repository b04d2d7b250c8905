import { screenOnDemand } from '@/ui';

export default screenOnDemand(() => import('@/features/imports/ImportsScreen').then((module) => module.ImportsScreen));
