import AsyncStorage from '@react-native-async-storage/async-storage';

import type { components } from './schema';

type Me = components['schemas']['MeBody'];

const key = 'guanxi-me';

/** Who was signed in last, so that the app opens at once and without a network. */
export async function recallMe(): Promise<Me | null> {
  try {
    const text = await AsyncStorage.getItem(key);
    return text ? (JSON.parse(text) as Me) : null;
  } catch {
    return null; // no storage, or written by another version
  }
}

export async function rememberMe(me: Me | null): Promise<void> {
  try {
    if (me) await AsyncStorage.setItem(key, JSON.stringify(me));
    else await AsyncStorage.removeItem(key);
  } catch {
    // Then the next start asks the server.
  }
}
