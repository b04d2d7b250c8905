import type { Home } from '@/api/home';
import { useWidth } from '@/ui';

import { AgendaCard } from './AgendaCard';
import { Columns } from './Columns';
import { FiguresCard } from './FiguresCard';
import { QuietCard } from './QuietCard';
import { RecentCard } from './RecentCard';

/** One's own day. */
export function MyHome({ home }: { home: Home }) {
  const agenda = <AgendaCard home={home} />;
  const quiet = <QuietCard figure={home.quiet_customers} />;
  const figures = <FiguresCard home={home} />;
  const recent = <RecentCard />;
  // In one column the order is what presses first; beside each other the two lists that people work through are wide.
  return useWidth() === 'phone' ? (
    <Columns
      main={agenda}
      side={
        <>
          {quiet}
          {figures}
          {recent}
        </>
      }
    />
  ) : (
    <Columns
      main={
        <>
          {agenda}
          {recent}
        </>
      }
      side={
        <>
          {figures}
          {quiet}
        </>
      }
    />
  );
}
