/**
 * Keys by which the server recognises a POST that it has carried out already. The same request gets the same key until an
 * answer came, so pressing the button again after a lost connection makes nothing twice.
 */
const unanswered = new Map<string, string>();

export class Attempt {
  private constructor(
    readonly key: string,
    private readonly content: string | undefined,
  ) {}

  static async of(request: Request): Promise<Attempt> {
    const chosen = request.headers.get('Idempotency-Key');
    if (chosen) return new Attempt(chosen, undefined);
    // A file is not read just to be compared.
    const json = request.headers.get('Content-Type')?.startsWith('application/json');
    const content = json ? `${request.url} ${await request.clone().text()}` : undefined;
    const key = (content && unanswered.get(content)) || randomKey();
    if (content) unanswered.set(content, key);
    return new Attempt(key, content);
  }

  answered(): void {
    if (this.content) unanswered.delete(this.content);
  }
}

/** Unique is enough: the key is no secret, and secure randomness is missing on plain-http pages and in Hermes. */
function randomKey(): string {
  return Array.from({ length: 4 }, () => Math.random().toString(36).slice(2, 10).padEnd(8, '0')).join('');
}
