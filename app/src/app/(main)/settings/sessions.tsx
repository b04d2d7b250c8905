export { SessionsScreen as default } from '@/features/settings/SessionsScreen';
