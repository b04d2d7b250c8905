import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

import { wipeUnsent } from '@/outbox/unsent';

import { client, unwrap } from './client';
import { CompanySettingsContext, deviceSettings } from './company';
import { dropTokens, keepTokens } from './credentials';
import { ApiError } from './errors';
import { announceSession, onSessionElsewhere } from './otherTabs';
import { wipeCache } from './persister';
import { recallMe, rememberMe } from './remembered';
import type { components } from './schema';
import { onSessionEnd } from './transport';

type Schemas = components['schemas'];
export type Me = Schemas['MeBody'];
export type Company = Schemas['Summary'];
export type Scope = 'own' | 'team' | 'all';

type State = { status: 'loading' } | { status: 'signedOut'; how: 'never' | 'left' | 'ended' } | { status: 'signedIn'; me: Me };

export type Session = {
  status: State['status'];
  /** Signed out by the server, not by the person: the sign-in screen says so. */
  ended: boolean;
  /** Signed out by the person: whoever signs in next begins at home. */
  left: boolean;
  me?: Me;
  company?: Company;
  member?: Me['user'];
  /** Each permission with whose records it reaches. */
  permissions: Record<string, string>;
  signIn: (body: Schemas['SignIn']) => Promise<void>;
  signUp: (body: Schemas['SignUp']) => Promise<void>;
  accept: (body: Schemas['Acceptance']) => Promise<void>;
  switchCompany: (companyId: string) => Promise<void>;
  /** Ends the session and forgets what was read and what waits to be sent. Drafts stay for the next sign-in. */
  signOut: () => Promise<void>;
  /** Reads again who one is, after a change to profile, roles or plan. */
  reload: () => Promise<void>;
};

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<State>({ status: 'loading' });
  // Counts sessions: an answer that belongs to an earlier one is dropped.
  const generation = useRef(0);

  const leave = useCallback(async (ended: boolean) => {
    generation.current++;
    setState({ status: 'signedOut', how: ended ? 'ended' : 'left' });
    await Promise.all([dropTokens(), rememberMe(null), wipeCache()]);
  }, []);

  const reload = useCallback(async () => {
    const current = generation.current;
    const me = await unwrap(client.GET('/v1/me'));
    if (current !== generation.current) return;
    setState({ status: 'signedIn', me });
    await rememberMe(me);
  }, []);

  const enter = useCallback(
    async (call: Promise<{ data?: Schemas['SignedIn']; error?: unknown; response: Response }>) => {
      await keepTokens(await unwrap(call));
      generation.current++;
      await reload();
      announceSession();
    },
    [reload],
  );

  useEffect(() => {
    let mounted = true;
    const start = async () => {
      const remembered = await recallMe();
      if (!mounted) return;
      if (remembered) setState({ status: 'signedIn', me: remembered });
      try {
        await reload();
      } catch (error) {
        // Whoever was signed in before goes on with what is on the device, unless the server says no.
        if (mounted && !remembered) setState({ status: 'signedOut', how: 'never' });
        if (!(error instanceof ApiError)) throw error;
      }
    };
    void start();
    return () => {
      mounted = false;
    };
  }, [reload]);

  const status = state.status;
  useEffect(
    () =>
      onSessionEnd(() => {
        if (status === 'signedIn') void leave(true);
      }),
    [status, leave],
  );

  useEffect(
    () =>
      onSessionElsewhere(() => {
        generation.current++;
        reload().catch((error: unknown) => {
          if (error instanceof ApiError && error.status === 401) void leave(false);
        });
      }),
    [reload, leave],
  );

  const me = state.status === 'signedIn' ? state.me : undefined;
  const session = useMemo<Session>(
    () => ({
      status: state.status,
      ended: state.status === 'signedOut' && state.how === 'ended',
      left: state.status === 'signedOut' && state.how === 'left',
      me,
      company: me?.company,
      member: me?.user,
      permissions: me?.permissions ?? {},
      signIn: (body) => enter(client.POST('/v1/auth/login', { body })),
      signUp: (body) => enter(client.POST('/v1/signup', { body })),
      accept: (body) => enter(client.POST('/v1/invitations/accept', { body })),
      switchCompany: (company_id) => enter(client.POST('/v1/auth/switch', { body: { company_id } })),
      signOut: async () => {
        // Offline too: what is on the device goes in any case, and the server's session expires by itself.
        await client.POST('/v1/auth/logout').catch(() => undefined);
        if (me) await wipeUnsent(me.user.id).catch(() => undefined);
        await leave(false);
        announceSession();
      },
      reload,
    }),
    [state, me, enter, leave, reload],
  );

  const settings = useMemo(
    () => (me ? { timeZone: me.company.timezone, currency: me.company.currency } : deviceSettings),
    [me],
  );
  return (
    <SessionContext value={session}>
      <CompanySettingsContext value={settings}>{children}</CompanySettingsContext>
    </SessionContext>
  );
}

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession needs a SessionProvider above it');
  return session;
}

/** Whether the person may do something to some record, as in useCan('customer:create'). */
export function useCan(permission: string): boolean {
  return permission in useSession().permissions;
}

/** Whose records a permission reaches. */
export function useScope(permission: string): Scope | undefined {
  return useSession().permissions[permission] as Scope | undefined;
}
