export { LoggedScreen as default } from '@/features/home/LoggedScreen';
