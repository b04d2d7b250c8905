export { MembersScreen as default } from '@/features/settings/MembersScreen';
