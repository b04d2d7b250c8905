export { ProfileScreen as default } from '@/features/settings/ProfileScreen';
