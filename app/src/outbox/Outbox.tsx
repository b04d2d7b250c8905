import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { AppState } from 'react-native';

import { ApiError } from '@/api/client';
import { postCustomer } from '@/api/customers';
import { postInteraction } from '@/api/interactions';
import { takeUnanswered } from '@/api/ownIds';
import { useKey } from '@/api/query';
import { useSession } from '@/api/session';
import { postTask } from '@/api/tasks';
import { putDraft } from '@/drafts/useDraft';

import { dropUnsent, keepUnsent, readUnsent, type Bodies, type Owner, type Unsent, type UnsentKind } from './unsent';

export interface Outbox {
  /** What waits, oldest first. */
  waiting: Unsent[];
  sending: boolean;
  /** Keeps on this device what did not reach the server. Answers false when the device keeps nothing. */
  keep: <K extends UnsentKind>(unsent: Omit<Unsent<K>, 'body' | 'at'> & { body: Bodies[K] }) => Promise<boolean>;
  /** Sends what waits, in the order in which it was written, until the network is lost again. */
  send: (unsent: Unsent[]) => Promise<SendOutcome>;
  drop: (unsent: Unsent) => Promise<void>;
  /** Puts something back into its form. Answers false when something else is being written there. */
  takeBack: (unsent: Unsent) => Promise<boolean>;
}

export interface SendOutcome {
  sent: number;
  refused: number;
  /** What kept the rest from being sent. */
  error?: ApiError;
}

const OutboxContext = createContext<Outbox>({
  waiting: [],
  sending: false,
  keep: async () => false,
  send: async () => ({ sent: 0, refused: 0 }),
  drop: async () => {},
  takeBack: async () => false,
});

export const useOutbox = (): Outbox => use(OutboxContext);

const prefixes: Record<UnsentKind, string> = { interaction: 'int', task: 'tsk', customer: 'cus' };

/**
 * Records that were written without a network wait here, on the device, until the person sends them: nothing typed is lost.
 * Below it lies everything of one person in one company, whose records alone it holds.
 */
export function OutboxProvider({ children }: { children: ReactNode }) {
  const { company, member } = useSession();
  const queries = useQueryClient();
  const key = useKey();
  const [waiting, setWaiting] = useState<Unsent[]>([]);
  const [sending, setSending] = useState(false);
  const owner = useMemo<Owner>(() => ({ companyId: company?.id ?? '', memberId: member?.id ?? '' }), [company?.id, member?.id]);

  const read = useCallback(() => readUnsent(owner).then(setWaiting, () => setWaiting([])), [owner]);
  useEffect(() => {
    void read();
    // Another tab may have sent, or kept, something meanwhile.
    const subscription = AppState.addEventListener('change', (state) => state === 'active' && void read());
    return () => subscription.remove();
  }, [read]);

  const outbox = useMemo<Outbox>(
    () => ({
      waiting,
      sending,
      keep: async (unsent) => {
        const at = new Date().toISOString();
        const own = takeUnanswered(prefixes[unsent.kind], unsent.body);
        // Sent later, it would else be a contact of that time.
        const body = unsent.kind === 'interaction' ? { occurred_at: at, ...own } : own;
        const kept = await keepUnsent(owner, { ...unsent, body, at } as Unsent).then(() => true, () => false);
        await read();
        return kept;
      },
      send: async (unsent) => {
        setSending(true);
        try {
          return await sendAll(owner, unsent);
        } finally {
          setSending(false);
          await read();
          for (const resource of ['customers', 'interactions', 'tasks', 'tags', 'home']) void queries.invalidateQueries({ queryKey: key(resource) });
        }
      },
      drop: async ({ body }) => {
        await dropUnsent(owner, body.id);
        await read();
      },
      takeBack: async ({ body, draft }) => {
        if (!(await putDraft(owner, draft.name, draft.value))) return false;
        await dropUnsent(owner, body.id);
        await read();
        return true;
      },
    }),
    [waiting, sending, owner, read, queries, key],
  );
  return <OutboxContext value={outbox}>{children}</OutboxContext>;
}

async function sendAll(owner: Owner, all: Unsent[]): Promise<SendOutcome> {
  const outcome: SendOutcome = { sent: 0, refused: 0 };
  for (const unsent of all) {
    try {
      await post(unsent);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!isDecided(error)) return { ...outcome, error };
      if (!wasCarriedOut(error)) {
        await keepUnsent(owner, { ...unsent, refused: error.code });
        outcome.refused++;
        continue;
      }
    }
    await dropUnsent(owner, unsent.body.id);
    outcome.sent++;
  }
  return outcome;
}

function post({ kind, body }: Unsent): Promise<unknown> {
  switch (kind) {
    case 'interaction':
      return postInteraction(body as Bodies['interaction']);
    case 'task':
      return postTask(body as Bodies['task']);
    case 'customer':
      return postCustomer(body as Bodies['customer']);
  }
}

/** Whether asking again would bring the same answer. */
const isDecided = ({ status }: ApiError): boolean => status >= 400 && status < 500 && status !== 401 && status !== 429;

/** The id is our own: whoever has it already got it from an earlier attempt whose answer was lost. */
const wasCarriedOut = ({ code }: ApiError): boolean => code === 'id_in_use' || code === 'idempotency_key_reused';
