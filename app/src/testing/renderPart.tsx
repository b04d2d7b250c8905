import '@/i18n/plurals';

import { act, fireEvent, render } from '@testing-library/react';
import type { ReactElement } from 'react';
import { SafeAreaProvider } from 'react-native-safe-area-context';

import { setLanguage, startTranslations } from '@/i18n';
import { ThemeProvider } from '@/theme/theme';
import { ToastProvider } from '@/ui/toast';

// jsdom lays nothing out: it gets the width of a desktop, elements that are seen, and nobody who tells of sizes.
Object.defineProperty(document.documentElement, 'clientWidth', { value: 1280 });
Object.defineProperty(document.documentElement, 'clientHeight', { value: 800 });
HTMLElement.prototype.getClientRects = () => [new DOMRect()] as unknown as DOMRectList;
globalThis.DOMRect ??= class {} as typeof DOMRect;
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

const metrics = { frame: { x: 0, y: 0, width: 1280, height: 800 }, insets: { top: 0, left: 0, right: 0, bottom: 0 } };

/** Renders a part in a browser's document, in English. */
export async function renderPart(part: ReactElement) {
  startTranslations();
  setLanguage('en');
  const around = (inner: ReactElement) => (
    <SafeAreaProvider initialMetrics={metrics}>
      <ThemeProvider scheme="light">
        <ToastProvider>{inner}</ToastProvider>
      </ThemeProvider>
    </SafeAreaProvider>
  );
  const view = render(around(part));
  await act(async () => {});
  return { ...view, update: (next: ReactElement) => view.rerender(around(next)) };
}

export function focus(element: HTMLElement): void {
  act(() => element.focus());
}

/** Presses a key where the focus is. Answers whether the browser still does what it does by itself. */
export function press(key: string, more: KeyboardEventInit = {}): boolean {
  return fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
}
