export { InvitationsScreen as default } from '@/features/settings/InvitationsScreen';
