import * as SecureStore from 'expo-secure-store';

import type { components } from './schema';

// Phones keep the tokens in the keychain. The web client has cookies instead, which scripts cannot read.

type Answer = Pick<components['schemas']['Tokens'], 'access_token' | 'refresh_token'>;
type Tokens = Required<Answer>;

const name = 'guanxi.tokens';
let tokens: Tokens | null | undefined;

async function load(): Promise<Tokens | null> {
  if (tokens === undefined) {
    const text = await SecureStore.getItemAsync(name);
    tokens = text ? (JSON.parse(text) as Tokens) : null;
  }
  return tokens;
}

export async function keepTokens({ access_token, refresh_token }: Answer): Promise<void> {
  if (!access_token || !refresh_token) return;
  tokens = { access_token, refresh_token };
  await SecureStore.setItemAsync(name, JSON.stringify(tokens), {
    keychainAccessible: SecureStore.AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY,
  });
}

export async function dropTokens(): Promise<void> {
  tokens = null;
  await SecureStore.deleteItemAsync(name);
}

/** Puts on a request what proves who asks. */
export async function authorize(headers: Headers): Promise<void> {
  const kept = await load();
  if (kept) headers.set('Authorization', `Bearer ${kept.access_token}`);
}

/** The body that a refresh takes, or null when there is nothing to refresh. */
export async function refreshBody(): Promise<{ refresh_token: string } | null> {
  const kept = await load();
  return kept && { refresh_token: kept.refresh_token };
}
