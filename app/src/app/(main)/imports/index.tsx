export { ImportsScreen as default } from '@/features/imports/ImportsScreen';
