import { getLocales } from 'expo-localization';

/** The languages of the client, by the names that the API gives them. */
export const languages = ['zh-CN', 'en'] as const;
export type Language = (typeof languages)[number];

export const languageNames: Record<Language, string> = { 'zh-CN': '简体中文', en: 'English' };

/** Takes the first language of the device that the client knows; anything unknown reads English. */
export function deviceLanguage(): Language {
  for (const { languageCode } of getLocales()) {
    if (languageCode === 'zh') return 'zh-CN';
    if (languageCode === 'en') return 'en';
  }
  return 'en';
}

export function isLanguage(value: unknown): value is Language {
  return languages.includes(value as Language);
}
