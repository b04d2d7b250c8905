import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useUpdateMe } from '@/api/me';
import { currentLanguage, type Language, languageNames, languages, setLanguage } from '@/i18n';
import { loadPreference, savePreference } from '@/preferences/preferences';
import { type RowsChoice, type ThemeChoice, useTheme, useThemeChoice } from '@/theme/theme';
import { Card, isWeb, SelectField, Switch, useToast } from '@/ui';

import { useRefusal } from './useRefusal';

/** How the person likes to work: the language everywhere, the rest on this device. */
export function PreferencesCard() {
  const { t } = useTranslation();
  const { choice, choose, rows, chooseRows } = useThemeChoice();
  // What is touched has rows of its own, and keys are on a board.
  const withMouse = useTheme().density !== 'touch';
  const [letterKeys, setLetterKeys] = useState(loadPreference('letterKeys') !== false);
  return (
    <Card title={t('settings:profile.preferences')}>
      <LanguageField />
      <SelectField<ThemeChoice>
        label={t('settings:profile.theme')}
        value={choice}
        onChange={(next) => next && choose(next)}
        options={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(`settings:profile.themes.${value}`) }))}
        testID="field-theme"
      />
      {withMouse && (
        <SelectField<RowsChoice>
          label={t('settings:profile.rows')}
          value={rows}
          onChange={(next) => next && chooseRows(next)}
          options={(['compact', 'comfortable'] as const).map((value) => ({ value, label: t(`settings:profile.rowsOf.${value}`) }))}
          testID="field-rows"
        />
      )}
      {isWeb && withMouse && (
        <Switch
          label={t('settings:profile.letterKeys')}
          hint={t('settings:profile.letterKeysHint')}
          value={letterKeys}
          onChange={(on) => {
            setLetterKeys(on);
            savePreference('letterKeys', on);
          }}
        />
      )}
    </Card>
  );
}

/** The screen changes at once; the server learns the language for notices and mails. */
function LanguageField() {
  const { t } = useTranslation();
  const toast = useToast();
  const update = useUpdateMe();
  const refusal = useRefusal(update.error);
  const change = (language: Language) => {
    setLanguage(language);
    update.mutate({ locale: language }, { onError: () => toast.show({ text: refusal.text, tone: 'danger' }) });
  };
  return (
    <SelectField<Language>
      label={t('settings:profile.language')}
      hint={t('settings:profile.languageHint')}
      value={currentLanguage()}
      onChange={(language) => language && change(language)}
      options={languages.map((value) => ({ value, label: languageNames[value] }))}
      testID="field-language"
    />
  );
}
