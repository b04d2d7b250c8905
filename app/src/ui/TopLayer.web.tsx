import type { CSSProperties, ReactNode } from 'react';
import { createPortal } from 'react-dom';

/** Draws children above the screens, and above open dialogs too. */
export function TopLayer({ children }: { children: ReactNode }) {
  return createPortal(<div style={style}>{children}</div>, document.body);
}

const style: CSSProperties = { position: 'fixed', inset: 0, zIndex: 2000, pointerEvents: 'none', display: 'flex' };
