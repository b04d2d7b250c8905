export { MainLayout as default } from '@/features/shell/MainLayout';
