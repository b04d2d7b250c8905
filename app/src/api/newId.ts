// Crockford's base 32, as the server writes ids.
const digits = '0123456789abcdefghjkmnpqrstvwxyz';

/** Makes an id as the server does: prefix, underscore and a UUID of version 7, which begins with the time. */
export function newId(prefix: string, now = Date.now()): string {
  const bytes = randomBytes();
  for (let at = 5, rest = now; at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  bytes[6] = 0x70 | (bytes[6]! & 0x0f); // version 7
  bytes[8] = 0x80 | (bytes[8]! & 0x3f); // the variant of RFC 9562
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('').padStart(130, '0');
  return `${prefix}_${bits.replace(/.{5}/g, (five) => digits[parseInt(five, 2)]!)}`;
}

/** Hermes has no secure randomness; that two ids never meet matters more here than that nobody guesses them. */
function randomBytes(): Uint8Array {
  const bytes = new Uint8Array(16);
  if (typeof crypto !== 'undefined') return crypto.getRandomValues(bytes);
  return bytes.map(() => Math.floor(Math.random() * 256));
}
