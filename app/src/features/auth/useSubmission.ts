import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { ApiError } from '@/api/client';
import { useErrorText } from '@/ui';

import { problemsOf, waitWord, type Word } from './problems';

/** Sends a form of this feature and says, in words, what has to be mended and where. */
export function useSubmission() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [busy, setBusy] = useState(false);
  const [fields, setFields] = useState<Record<string, Word>>({});
  const [form, setForm] = useState<Word | ApiError | null>(null);
  const lock = useCountdown();

  // Keys come from problems.ts, where a test holds them to the texts.
  const say = (word: Word) => t(`auth:${word.key}` as 'auth:errors.required', word.values);
  const wait = say(waitWord(lock.left));

  return {
    busy,
    /** Another attempt is not allowed yet. */
    locked: lock.left > 0 ? t('auth:errors.too_many_attempts', { wait }) : undefined,
    error: (field: string) => (fields[field] ? say(fields[field]) : undefined),
    summary: formTexts(),
    /** Sends unless the form has problems of its own; answers whether it went through. */
    async submit(own: Record<string, Word>, send: () => Promise<void>): Promise<ApiError | 'sent' | 'held'> {
      setFields(own);
      setForm(null);
      if (Object.keys(own).length) return 'held';
      setBusy(true);
      try {
        await send();
        return 'sent';
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const problems = problemsOf(error);
        setFields(problems.fields);
        setForm(problems.form ?? (problems.unforeseen ? error : null));
        if (problems.wait) lock.start(problems.wait);
        return error;
      } finally {
        setBusy(false);
      }
    },
    /** Takes a field's error away while it is being mended. */
    touch: (field: string) => setFields(({ [field]: _mended, ...rest }) => rest),
  };

  function formTexts(): string[] {
    if (lock.left > 0) return [t('auth:errors.too_many_attempts', { wait })];
    if (!form) return [];
    if (form instanceof ApiError) return [errorText(form)];
    return form.key === 'errors.too_many_attempts' ? [] : [say(form)];
  }
}

/** Counts seconds down to zero. */
function useCountdown() {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(0);
  const left = Math.max(0, Math.ceil((until - now) / 1000));
  useEffect(() => {
    if (left === 0) return;
    const timer = setTimeout(() => setNow(Date.now()), 1000);
    return () => clearTimeout(timer);
  }, [left, now]);
  return {
    left,
    start: (seconds: number) => {
      setNow(Date.now());
      setUntil(Date.now() + seconds * 1000);
    },
  };
}
