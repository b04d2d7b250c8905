import { useTranslation } from 'react-i18next';

import { useRoles } from '@/api/roles';

/** Names a role: built-in ones in the language of the screen, the company's own as it calls them. */
export function useRoleName(): (id: string) => string {
  const { t } = useTranslation();
  const { data } = useRoles();
  return (id) => {
    switch (id) {
      case 'admin':
        return t('common:role.admin');
      case 'manager':
        return t('common:role.manager');
      case 'rep':
        return t('common:role.rep');
      default:
        return data?.find((role) => role.id === id)?.name ?? id;
    }
  };
}
