// The browser keeps the tokens in HttpOnly cookies and sends them by itself.

export async function keepTokens(_answer: object): Promise<void> {}

/** Signing out answers with cookies that are empty. */
export async function dropTokens(): Promise<void> {}

/** Asks for cookies; also tells the server to mind where the request comes from. */
export async function authorize(headers: Headers): Promise<void> {
  headers.set('X-Guanxi-Client', 'web');
}

export async function refreshBody(): Promise<Record<string, never>> {
  return {};
}
