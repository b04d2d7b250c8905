import type { Language } from '@/i18n/languages';
import type { RowsChoice, ThemeChoice } from '@/theme/theme';

/** What one device remembers about how its person likes to work. */
export type Preferences = {
  theme: ThemeChoice;
  rows: RowsChoice;
  language: Language;
  /** Whether single letters are shortcuts. */
  letterKeys: boolean;
  /** Hidden columns of each table, by its name. */
  hiddenColumns: Record<string, string[]>;
  /** The tab of a record that was open last. */
  recordTab: string;
};

export function parse(text: string | null): Partial<Preferences> {
  if (!text) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
