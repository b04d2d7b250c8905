import { useEffect, useEffectEvent, useLayoutEffect, useRef, type CSSProperties } from 'react';
import { createPortal } from 'react-dom';

import { useTheme } from '@/theme/theme';

import type { OverlayProps } from './Overlay';
import { isTopmost, pushOverlay } from './overlays';

const focusable = 'a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), [tabindex]:not([tabindex="-1"])';

// React Native's Modal on the web gives a dialog no name, so this is our own: it keeps the focus inside, closes by Esc and
// returns the focus to what opened it.
export function Overlay(props: OverlayProps) {
  return props.open ? <Layer {...props} /> : null;
}

function Layer({ onClose, label, role, dim = true, place, initialFocus, children }: OverlayProps) {
  const { colors } = useTheme();
  const layer = useRef<HTMLDivElement>(null);
  const close = useEffectEvent(onClose);

  useLayoutEffect(() => {
    const node = layer.current;
    if (!node) return;
    const opener = document.activeElement;
    const pop = pushOverlay(node);
    return () => {
      pop();
      // Elsewhere when the opener is gone, or the focus was moved on purpose.
      if (opener instanceof HTMLElement && opener.isConnected && (node.contains(document.activeElement) || document.activeElement === document.body)) {
        opener.focus({ preventScroll: true });
      }
    };
  }, []);

  const wanted = useEffectEvent(() => initialFocus?.current as unknown as HTMLElement | null | undefined);
  useEffect(() => {
    const node = layer.current;
    if (!node || node.contains(document.activeElement)) return; // a field took it by autoFocus
    (wanted() ?? node.querySelector<HTMLElement>('[data-autofocus]') ?? controlsIn(node)[0] ?? node).focus({ preventScroll: true });
  }, []);

  useEffect(() => {
    const node = layer.current;
    if (!node) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isTopmost(node) || event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
      if (event.key === 'Escape') {
        event.preventDefault();
        close();
      } else if (event.key === 'Tab') {
        keepInside(node, event);
      }
    };
    // On the way down: react-native-web lets no key that is pressed in a field come up.
    document.addEventListener('keydown', onKeyDown, true);
    return () => document.removeEventListener('keydown', onKeyDown, true);
  }, []);

  return createPortal(
    <div
      ref={layer}
      role={role}
      aria-modal={role ? true : undefined}
      aria-label={role ? label : undefined}
      tabIndex={-1}
      data-ring="none"
      style={{ ...layerStyle, ...placeStyles[place] }}
    >
      <div style={{ ...scrimStyle, background: dim ? colors.scrim : 'transparent' }} onMouseDown={onClose} data-testid="scrim" />
      {children}
    </div>,
    document.body,
  );
}

function controlsIn(node: HTMLElement): HTMLElement[] {
  return [...node.querySelectorAll<HTMLElement>(focusable)].filter((control) => control.tabIndex >= 0 && control.getClientRects().length > 0);
}

function keepInside(node: HTMLElement, event: KeyboardEvent): void {
  const controls = controlsIn(node);
  const first = controls[0];
  const last = controls.at(-1);
  if (!first || !last) {
    event.preventDefault();
    return;
  }
  const at = document.activeElement;
  if (event.shiftKey && (at === first || at === node)) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && (at === last || !node.contains(at))) {
    event.preventDefault();
    first.focus();
  }
}

const layerStyle: CSSProperties = { position: 'fixed', inset: 0, zIndex: 1000, display: 'flex', outline: 'none' };

const scrimStyle: CSSProperties = { position: 'absolute', inset: 0 };

const placeStyles: Record<OverlayProps['place'], CSSProperties> = {
  bottom: { flexDirection: 'column', justifyContent: 'flex-end' },
  right: { flexDirection: 'row', justifyContent: 'flex-end' },
  center: { flexDirection: 'column', alignItems: 'center', justifyContent: 'center', padding: 16 },
  top: { flexDirection: 'column', alignItems: 'center', padding: '12vh 16px 16px' },
  free: {},
};
