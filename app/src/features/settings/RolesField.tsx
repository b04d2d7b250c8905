import { useTranslation } from 'react-i18next';

import { useRoles } from '@/api/roles';
import { useSession } from '@/api/session';
import { useRoleName } from '@/features/auth/useRoleName';
import { MultiSelectField } from '@/ui';

interface Props {
  value: string[];
  onChange: (roles: string[]) => void;
  error?: string;
}

/** The roles that one may hand out: nobody gives more than they have, which only admins have all of. */
export function RolesField({ value, onChange, error }: Props) {
  const { t } = useTranslation();
  const { data: roles = [] } = useRoles();
  const mine = useSession().member?.roles ?? [];
  const roleName = useRoleName();
  const offered = roles.filter(({ id }) => id !== 'admin' || mine.includes('admin') || value.includes(id));
  return (
    <MultiSelectField
      label={t('settings:members.roles')}
      value={value}
      onChange={onChange}
      options={offered.map(({ id }) => ({ value: id, label: roleName(id) }))}
      error={error}
      required
      testID="field-roles"
    />
  );
}
