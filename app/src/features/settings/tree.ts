/** What the reporting tree needs to know of a member. */
export interface TreeMember {
  id: string;
  manager_id: string | null;
  status: string;
}

export interface Placed<M extends TreeMember> {
  member: M;
  /** 0 at the top. */
  depth: number;
  /** How many report to the member, at any distance. */
  reports: number;
}

/**
 * Lists members so that everybody follows their manager. Siblings keep the order in which they come; whose
 * manager is not in the list stands at the top.
 */
export function arrange<M extends TreeMember>(members: M[]): Placed<M>[] {
  const known = new Set(members.map((m) => m.id));
  const below = groupBy(members, (m) => (m.manager_id && known.has(m.manager_id) ? m.manager_id : ''));
  const listed: Placed<M>[] = [];
  const visit = (manager: string, depth: number) => {
    for (const member of below.get(manager) ?? []) {
      const placed = { member, depth, reports: 0 };
      listed.push(placed);
      const before = listed.length;
      visit(member.id, depth + 1);
      placed.reports = listed.length - before;
    }
  };
  visit('', 0);
  return listed;
}

/** Whom somebody reaches with a permission of this scope, themselves among them. Deactivated members are left out. */
export function reach<M extends TreeMember>(members: M[], who: string, scope: string | undefined): M[] {
  const active = members.filter((m) => m.status === 'active');
  if (scope === 'all') return active;
  if (scope !== 'team') return active.filter((m) => m.id === who);
  const tree = arrange(members);
  const start = tree.findIndex((p) => p.member.id === who);
  const below = new Set(tree.slice(start, start + 1 + (tree[start]?.reports ?? 0)).map((p) => p.member.id));
  return active.filter((m) => below.has(m.id));
}

/** Who may become somebody's manager: nobody who reports to them, and not they themselves. */
export function possibleManagers<M extends TreeMember>(members: M[], of: string): M[] {
  const below = new Set(reach(members.map((m) => ({ ...m, status: 'active' })), of, 'team').map((m) => m.id));
  return members.filter((m) => m.status === 'active' && !below.has(m.id));
}

// Hermes has no Map.groupBy.
function groupBy<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
