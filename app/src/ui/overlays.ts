/** Sheets, dialogs and menus that are open, the last one on top. */
const open: { node: Element }[] = [];

/** Registers what was opened; the result takes it away again. */
export function pushOverlay(node: Element): () => void {
  const entry = { node };
  open.push(entry);
  return () => {
    const index = open.indexOf(entry);
    if (index >= 0) open.splice(index, 1);
  };
}

export function isTopmost(node: Element): boolean {
  return open.at(-1)?.node === node;
}

/** What lies below an open dialog takes no shortcuts; what is in it does. */
export function blocksShortcuts(within: Element | null): boolean {
  const top = open.at(-1);
  return top !== undefined && !(within && top.node.contains(within));
}
