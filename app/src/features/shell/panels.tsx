import { createContext, use, useMemo, useState, type ReactNode } from 'react';

import { partOnDemand } from '@/ui';

// Sheets that can be opened from anywhere. Each comes with its first use, so that the first page need not load it.
const LogSheet = partOnDemand(() => import('@/features/interactions/LogSheet').then((module) => module.LogSheet));
const TaskSheet = partOnDemand(() => import('@/features/tasks/TaskSheet').then((module) => module.TaskSheet));
const CreateCustomerSheet = partOnDemand(() => import('@/features/customers/form/CreateCustomerSheet').then((module) => module.CreateCustomerSheet));
const FeedbackSheet = partOnDemand(() => import('@/features/feedback/FeedbackSheet').then((module) => module.FeedbackSheet));
const WaitingSheet = partOnDemand(() => import('@/features/outbox/WaitingSheet').then((module) => module.WaitingSheet));
const Palette = partOnDemand(() => import('@/features/palette/Palette').then((module) => module.Palette));
const KeysDialog = partOnDemand(() => import('./KeysDialog').then((module) => module.KeysDialog));

/** stages is the palette with nothing but the moves of the customer that is open. */
export type Panel = 'log' | 'task' | 'customer' | 'feedback' | 'keys' | 'palette' | 'stages' | 'waiting';

type OpenPanel = (panel: Panel, customerId?: string) => void;

const PanelContext = createContext<OpenPanel>(() => {});

/** Opens one of the sheets that belong to no screen; log and task may be told which customer they are about. */
export function useOpenPanel(): OpenPanel {
  return use(PanelContext);
}

export function PanelProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState<{ panel: Panel; customerId?: string } | null>(null);
  const open = useMemo<OpenPanel>(() => (panel, customerId) => setOpened({ panel, customerId }), []);
  return (
    <PanelContext value={open}>
      {children}
      {opened ? <PanelOf {...opened} onClose={() => setOpened(null)} /> : null}
    </PanelContext>
  );
}

function PanelOf({ panel, customerId, onClose }: { panel: Panel; customerId?: string; onClose: () => void }) {
  switch (panel) {
    case 'log':
      return <LogSheet open customerId={customerId} onClose={onClose} />;
    case 'task':
      return <TaskSheet open customerId={customerId} onClose={onClose} />;
    case 'customer':
      return <CreateCustomerSheet onClose={onClose} hrefOf={(id) => `/customers/${id}`} />;
    case 'feedback':
      return <FeedbackSheet open onClose={onClose} />;
    case 'keys':
      return <KeysDialog onClose={onClose} />;
    case 'waiting':
      return <WaitingSheet onClose={onClose} />;
    case 'palette':
      return <Palette key={panel} onClose={onClose} />;
    case 'stages':
      return <Palette key={panel} onClose={onClose} only="stage" />;
  }
}
