import type { Home } from '@/api/home';
import { useCan } from '@/api/session';
import { useWidth } from '@/ui';

import { Columns } from './Columns';
import { FiguresCard } from './FiguresCard';
import { OpenInvitationsCard } from './OpenInvitationsCard';
import { PeopleCard } from './PeopleCard';
import { QuietCard } from './QuietCard';
import { SetupCard } from './SetupCard';
import { TeamOverdueCard } from './TeamOverdueCard';

/** The day of those who lead others: what waits, then who needs help. */
export function TeamHome({ home, team }: { home: Home; team: NonNullable<Home['team']> }) {
  const phone = useWidth() === 'phone';
  const setsUp = useCan('company:update');
  const setup = setsUp && <SetupCard home={home} team={team} />;
  const people = <PeopleCard people={team.people} today={home.date} />;
  const quiet = <QuietCard figure={team.quiet_customers} />;
  return (
    <Columns
      main={
        <>
          {phone && setup}
          <TeamOverdueCard figure={team.overdue_tasks} />
          {people}
        </>
      }
      side={
        <>
          {!phone && setup}
          {quiet}
          <FiguresCard home={home} />
          <OpenInvitationsCard />
        </>
      }
    />
  );
}
