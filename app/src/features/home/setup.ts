export interface SetupStep {
  key: 'invite' | 'import' | 'log';
  href: string;
  done: boolean;
}

/** The first steps of a company, and which of them it has taken. */
export function stepsOf(has: { others: number; customers: number; contacted: number }): SetupStep[] {
  return [
    { key: 'import', href: '/imports', done: has.customers > 0 },
    { key: 'invite', href: '/settings/members', done: has.others > 0 },
    { key: 'log', href: '/customers', done: has.contacted > 0 },
  ];
}
