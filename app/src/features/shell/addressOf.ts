type Params = Record<string, string | string[] | undefined>;

/** The address of a screen with its query, as it can be opened again. */
export function addressOf(pathname: string, params: Params): string {
  const segments = new Set(pathname.split('/').map(decodeURIComponent));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    // The router gives the parts of the path as parameters too.
    for (const each of [value].flat()) if (each !== undefined && !segments.has(each)) query.append(name, each);
  }
  const text = query.toString();
  return text ? `${pathname}?${text}` : pathname;
}
