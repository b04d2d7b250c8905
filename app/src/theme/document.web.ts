import type { Theme } from './theme';
import { webFont } from './tokens';

/**
 * Hands the theme to what styles of components cannot reach: the page's own colour, the focus ring, scroll bars,
 * placeholders and the real tables. A constructed style sheet needs no 'unsafe-inline' in the content security policy.
 */
export function paintDocument(theme: Theme): void {
  adopt();
  const root = document.documentElement;
  root.style.colorScheme = theme.scheme;
  for (const [name, value] of Object.entries(variablesOf(theme))) root.style.setProperty(name, value);
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', theme.colors.surface);
}

/** The colours as the variables that the rules below read. */
export function variablesOf(theme: Theme): Record<string, string> {
  return Object.fromEntries(Object.entries(theme.colors).map(([name, value]) => [`--${name}`, value]));
}

const rules = `
  body { background: var(--background); }
  :focus-visible, [role="dialog"]:focus-visible { outline: 2px solid var(--primary) !important; outline-offset: 2px; }
  [data-ring="inside"]:focus-visible { outline-offset: -2px; }
  [data-ring="none"]:focus-visible { outline: none !important; }
  [data-ring="within"]:focus-within { outline: 2px solid var(--primary); outline-offset: -1px; }
  ::placeholder { color: var(--muted); opacity: 1; }
  ::selection { background: var(--selected); color: var(--text); }
  * { scrollbar-color: var(--outline) transparent; scrollbar-width: thin; }
  .skip { position: fixed; top: 8px; left: 8px; z-index: 3000; padding: 8px 16px; border-radius: 8px; background: var(--primary); color: var(--onPrimary); transform: translateY(-64px); }
  .skip:focus { transform: none; }
  .table { border-collapse: separate; border-spacing: 0; width: 100%; table-layout: fixed; }
  .table th, .table td { background: var(--surface); border-bottom: 1px solid var(--divider); padding: 0 12px; overflow: hidden; }
  .table .brief { font: 600 14px/22px ${webFont}; white-space: nowrap; }
  .table thead th { position: sticky; top: 0; z-index: 2; }
  .table .pinned { position: sticky; z-index: 1; }
  .table thead .pinned { z-index: 3; }
  .table tbody tr:hover > * { background: var(--hover); }
  .table tbody tr[aria-selected="true"] > * { background: var(--selected); }
  .table tbody tr.linked { cursor: pointer; }
  @media (prefers-reduced-motion: reduce) { * { animation-duration: 0.01ms !important; transition-duration: 0.01ms !important; } }
`;

let adopted = false;

function adopt(): void {
  if (adopted || typeof CSSStyleSheet === 'undefined') return;
  adopted = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
