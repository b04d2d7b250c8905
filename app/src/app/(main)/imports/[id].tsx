import { screenOnDemand } from '@/ui';

export default screenOnDemand(() => import('@/features/imports/ImportScreen').then((module) => module.ImportScreen));
