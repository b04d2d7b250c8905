import './plurals';

import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

import { loadPreference, savePreference } from '@/preferences/preferences';

import { setDocumentLanguage } from './document';
import { en } from './en';
import { deviceLanguage, isLanguage, type Language } from './languages';
import { zh } from './zh';

export { languageNames, languages, type Language } from './languages';

/** Starts the translations in the language that the person chose, or the device's. */
export function startTranslations(): void {
  const language = loadPreference('language') ?? deviceLanguage();
  void i18next.use(initReactI18next).init({
    resources: { 'zh-CN': zh, en },
    lng: language,
    fallbackLng: 'en',
    ns: Object.keys(en),
    defaultNS: 'common',
    initAsync: false,
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
  setDocumentLanguage(language);
}

/** Changes the language at once and remembers it on this device. */
export function setLanguage(language: Language): void {
  savePreference('language', language);
  setDocumentLanguage(language);
  void i18next.changeLanguage(language);
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : 'en';
}
