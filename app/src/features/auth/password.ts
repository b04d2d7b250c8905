/** What the server asks of a password. */
export const MIN_PASSWORD = 8;

export type Strength = { level: 'short'; missing: number } | { level: 'weak' | 'fair' | 'strong' };

/**
 * How well a password would hold, so that somebody sees it while typing. It is only advice beyond the length:
 * the server decides, with a list of common passwords.
 */
export function strengthOf(password: string, ...own: string[]): Strength {
  const characters = [...password.normalize('NFC')];
  if (characters.length < MIN_PASSWORD) return { level: 'short', missing: MIN_PASSWORD - characters.length };
  const plain = password.toLowerCase();
  const names = own.flatMap((text) => text.toLowerCase().split(/[@\s]/)).filter((text) => text.length > 2);
  const rest = names.reduce((left, name) => left.replaceAll(name, ''), plain);
  const bits = surprises(rest) * Math.log2(alphabet(password));
  if (bits < 36) return { level: 'weak' };
  return { level: bits < 60 ? 'fair' : 'strong' };
}

/** Characters that do not follow from the one before, as in aaaa, 1234 and dcba. */
function surprises(text: string): number {
  const codes = [...text].map((c) => c.codePointAt(0)!);
  const step = (i: number) => codes[i]! - codes[i - 1]!;
  return codes.filter((_, i) => i < 2 || Math.abs(step(i)) > 1 || step(i) !== step(i - 1)).length;
}

/** How many characters an attacker would have to try for each. */
function alphabet(text: string): number {
  const kinds: [RegExp, number][] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/\d/, 10],
    [/[^\p{L}\d]/u, 32],
    [/[^\P{L}a-zA-Z]/u, 2000],
  ];
  return kinds.reduce((sum, [pattern, size]) => sum + (pattern.test(text) ? size : 0), 1);
}
