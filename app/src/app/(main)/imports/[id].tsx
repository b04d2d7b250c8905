export { ImportScreen as default } from '@/features/imports/ImportScreen';
