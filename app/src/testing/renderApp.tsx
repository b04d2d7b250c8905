import '@/i18n/plurals';

import AsyncStorage from '@react-native-async-storage/async-storage';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { configure, render } from '@testing-library/react-native';
import type { ReactElement, ReactNode } from 'react';
import { SafeAreaProvider } from 'react-native-safe-area-context';

import { dropTokens } from '@/api/credentials';
import { type Me, SessionProvider, useSession } from '@/api/session';
import { startTranslations } from '@/i18n';
import { OutboxProvider } from '@/outbox/Outbox';
import { ThemeProvider } from '@/theme/theme';
import { ToastProvider } from '@/ui';

// A busy machine takes its time.
configure({ asyncUtilTimeout: 4000 });

/** What the server answers, by "METHOD /path". A function sees the body that was sent. */
export type Answers = Record<string, Answer | ((body: unknown) => Answer)>;
export type Answer = { status?: number; body?: unknown; headers?: Record<string, string> };

export interface Sent {
  call: string;
  body: unknown;
}

/** Renders a screen as the app does, with a server that answers as told. Answers what was sent to it. */
export async function renderApp(screen: ReactElement, answers: Answers, { keep = false } = {}) {
  // A device that nobody has used, unless the test goes on with the one before.
  if (!keep) await Promise.all([AsyncStorage.clear(), dropTokens()]);
  const sent: Sent[] = [];
  globalThis.fetch = (async (input: Request) => {
    const call = `${input.method} ${new URL(input.url).pathname}`;
    const text = await input.text();
    const body: unknown = text ? JSON.parse(text) : undefined;
    sent.push({ call, body });
    const answer = answers[call] ?? { status: 404, body: { status: 404, code: 'not_found' } };
    const { status = 200, body: data, headers } = typeof answer === 'function' ? answer(body) : answer;
    return new Response(data === undefined ? null : JSON.stringify(data), {
      status,
      headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json', ...headers },
    });
  }) as typeof fetch;
  startTranslations();
  // Nothing is retried, and no timer that would clear the cache one day keeps the test from ending.
  const queries = new QueryClient({
    defaultOptions: { queries: { retry: false, gcTime: Infinity }, mutations: { retry: false, gcTime: Infinity } },
  });
  const view = render(
    <SafeAreaProvider initialMetrics={{ frame: { x: 0, y: 0, width: 390, height: 844 }, insets: { top: 0, left: 0, right: 0, bottom: 0 } }}>
      <ThemeProvider scheme="light">
        <SessionProvider>
          <QueryClientProvider client={queries}>
            <OutboxProvider>
              <ToastProvider>
                <OnceKnown>{screen}</OnceKnown>
              </ToastProvider>
            </OutboxProvider>
          </QueryClientProvider>
        </SessionProvider>
      </ThemeProvider>
    </SafeAreaProvider>,
  );
  return { ...view, sent };
}

/** As in the app, no screen shows before it is known who is there. */
function OnceKnown({ children }: { children: ReactNode }) {
  return useSession().status === 'loading' ? null : children;
}

/** An answer of GET /v1/me: a rep, unless told otherwise. */
export function meOf(part: Partial<Me> = {}): Me {
  const company: Me['company'] = { id: 'com_1', name: '云帆科技', plan: 'free', locale: 'zh-CN', timezone: 'Asia/Shanghai', currency: 'CNY' };
  return {
    user: {
      id: 'usr_1',
      title: '',
      timezone: null,
      team_ids: [],
      last_active_at: null,
      totp_enabled: false,
      name: '陈晨',
      email: 'chen@acme.example',
      phone: null,
      locale: 'zh-CN',
      manager_id: null,
      roles: ['rep'],
      status: 'active',
      created_at: '2026-01-01T00:00:00Z',
      updated_at: '2026-01-01T00:00:00Z',
    },
    company,
    companies: [company],
    permissions: Object.fromEntries(['customer', 'interaction', 'task'].flatMap((r) => ['create', 'read', 'update', 'delete'].map((a) => [`${r}:${a}`, 'own']))),
    plan: 'free',
    features: [],
    masks: [],
    totp: { enabled: false, enabled_at: null, recovery_codes_left: 0, required: false },
    ...part,
  };
}
