import { useTranslation } from 'react-i18next';

import { ApiError } from '@/api/client';
import type { Import, ImportProblem } from '@/api/imports';

import type enText from '@/i18n/en/imports.json';
import { useImportFields } from './useImportFields';

type ProblemCode = keyof typeof enText.problems;
type ErrorCode = keyof typeof enText.errors;
type NoticeText = keyof typeof enText.notices;

/** Says what the server tells of an import by code, in the person's language. */
export function useImportWords() {
  const { t, i18n } = useTranslation();
  const has = (key: string) => i18n.exists(key);
  const fields = useImportFields();
  const labelOf = (name?: string) => fields.find(({ value }) => value === name)?.label;

  return {
    field: (name: string): string => labelOf(name) ?? name,

    problem: (problem: ImportProblem): string => {
      const key = `imports:problems.${problem.code as ProblemCode}` as const;
      const words: string = has(key) ? t(key) : t('imports:problems.other', { code: problem.code });
      const field = labelOf(problem.field);
      return field ? `${field}${t('imports:problems.separator')}${words}` : words;
    },

    notice: ({ code, count, lines }: Import['notices'][number]): string => {
      const key = `imports:notices.${code as Exclude<NoticeText, 'title' | 'lines'>}` as const;
      if (!has(`${key}_other`)) return code;
      const where = lines.length > 0 ? t('imports:notices.lines', { lines: lines.slice(0, 5).join(', ') }) : '';
      return t(key as 'imports:notices.blank_rows_skipped', { count }) + where;
    },

    error: (error: unknown): string => {
      if (!(error instanceof ApiError)) return t('imports:errors.other');
      if (error.offline) return t('imports:errors.offline');
      for (const code of [...error.errors.map((each) => each.code), error.code]) {
        const key = `imports:errors.${code as ErrorCode}` as const;
        if (has(key)) return t(key);
      }
      return t('imports:errors.other');
    },
  };
}
