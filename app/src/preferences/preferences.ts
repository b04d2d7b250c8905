import AsyncStorage from '@react-native-async-storage/async-storage';

import { parse, type Preferences } from './values';

// Storage of phones is asynchronous, but the first frame needs the theme and the language: they are read once at start.
let values: Partial<Preferences> = {};

const key = 'preferences';

/** Reads what was saved. The root layout waits for it. */
export async function readPreferences(): Promise<void> {
  values = parse(await AsyncStorage.getItem(key));
}

export function loadPreference<K extends keyof Preferences>(name: K): Preferences[K] | undefined {
  return values[name];
}

export function savePreference<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
  values = { ...values, [name]: value };
  void AsyncStorage.setItem(key, JSON.stringify(values));
}
