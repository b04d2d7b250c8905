/** Names the browser's tab. */
export function setDocumentTitle(title: string): void {
  document.title = title;
}
