import { Redirect } from 'expo-router';

import { screenOnDemand } from '@/ui';

const GalleryScreen = screenOnDemand(() => import('@/features/gallery/GalleryScreen').then((module) => module.GalleryScreen));

/** Every part of ui/ at a glance; in development, and in builds made with EXPO_PUBLIC_GALLERY=1. */
export default function Gallery() {
  const shown = __DEV__ || process.env.EXPO_PUBLIC_GALLERY === '1';
  return shown ? <GalleryScreen /> : <Redirect href="/" />;
}
