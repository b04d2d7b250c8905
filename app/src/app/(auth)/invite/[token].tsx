export { InvitationScreen as default } from '@/features/auth/InvitationScreen';
