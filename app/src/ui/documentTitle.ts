/** Only a web page has a title of its own. */
export function setDocumentTitle(_title: string): void {}
