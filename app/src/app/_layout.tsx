export { RootLayout as default, RootErrorBoundary as ErrorBoundary } from '@/features/shell/RootLayout';
