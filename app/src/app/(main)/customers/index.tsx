export { CustomersScreen as default } from '@/features/customers/list/CustomersScreen';
