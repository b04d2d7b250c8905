import { useTranslation } from 'react-i18next';

import { mainId } from './mainId';

/** The first stop of the Tab key: past the bars, to the screen itself. It is seen when it has the focus. */
export function SkipLink() {
  const { t } = useTranslation();
  return (
    <a
      href={`#${mainId}`}
      className="skip"
      onClick={(event) => {
        event.preventDefault();
        document.getElementById(mainId)?.focus();
      }}
    >
      {t('shell:nav.skip')}
    </a>
  );
}
