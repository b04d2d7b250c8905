import type { HomeFigure, HomePerson } from '@/api/home';

const customersWhere = (filter: string) => `/customers?filter=${encodeURIComponent(filter)}`;

/** Where the customers of a figure are listed. */
export function customersOf(figure: HomeFigure): string {
  return customersWhere(figure.filter);
}

export type PersonFigure = 'interactions' | 'new_customers' | 'wins' | 'overdue_tasks';

/** Where a figure of a colleague's day is listed: the same records that it counts. */
export function listOfPerson({ id }: Pick<HomePerson, 'id'>, figure: PersonFigure, today: string): string {
  switch (figure) {
    case 'interactions':
      return `/interactions?author=${id}`;
    case 'new_customers':
      return customersWhere(`owner = "${id}" AND created_at >= "${today}"`);
    case 'wins':
      return customersWhere(`owner = "${id}" AND lifecycle = "won" AND lifecycle_since >= "${today}"`);
    case 'overdue_tasks':
      return `/tasks?view=overdue&whose=${id}`;
  }
}
