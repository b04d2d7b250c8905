import type { Href } from 'expo-router';

const SCREENS = [/^\/customers(\?|$)/, /^\/customers\/cus_\w+$/, /^\/tasks\/tsk_\w+$/, /^\/imports\/imp_\w+$/];

/** Where a notification leads; nothing for what this client has no screen for. */
export function screenOf(link: string): Href | undefined {
  return SCREENS.some((pattern) => pattern.test(link)) ? (link as Href) : undefined;
}
