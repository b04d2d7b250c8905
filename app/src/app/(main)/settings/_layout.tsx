export { SettingsLayout as default } from '@/features/settings/SettingsLayout';
