export { CustomerScreen as default } from '@/features/customers/page/CustomerScreen';
