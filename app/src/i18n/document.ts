import type { Language } from './languages';

/** Only a web page has a language to declare. */
export function setDocumentLanguage(_language: Language): void {}
