import AsyncStorage from '@react-native-async-storage/async-storage';

import { cachePrefix, type CacheStorage } from './cacheStorage';

/** Where phones keep what was read, for reading it without a network. */
export const cacheStorage: CacheStorage = {
  getItem: (key) => AsyncStorage.getItem(key),
  setItem: (key, value) => AsyncStorage.setItem(key, value),
  removeItem: (key) => AsyncStorage.removeItem(key),
};

/** Forgets what anybody has read on this device. */
export async function wipeCache(): Promise<void> {
  const keys = await AsyncStorage.getAllKeys();
  await AsyncStorage.multiRemove(keys.filter((key) => key.startsWith(cachePrefix)));
}
