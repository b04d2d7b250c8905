export { CustomersLayout as default } from '@/features/customers/CustomersLayout';
