import { parse, type Preferences } from './values';

const key = 'preferences';

/** A browser's storage is read at once, so nothing has to be waited for. */
export async function readPreferences(): Promise<void> {}

export function loadPreference<K extends keyof Preferences>(name: K): Preferences[K] | undefined {
  return load()[name];
}

export function savePreference<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
  try {
    localStorage.setItem(key, JSON.stringify({ ...load(), [name]: value }));
  } catch {
    // A browser that forbids storage forgets the preference with the page.
  }
}

function load(): Partial<Preferences> {
  try {
    return parse(localStorage.getItem(key));
  } catch {
    return {};
  }
}
