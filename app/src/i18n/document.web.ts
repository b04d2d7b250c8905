import type { Language } from './languages';

/** Tells browsers and screen readers which language the page speaks. */
export function setDocumentLanguage(language: Language): void {
  document.documentElement.lang = language;
}
