// Addresses of pages. They live in the fragment, so the server sees none of them and
// a one-time code in one never reaches a log. Pure.

export interface Route {
  page: string; // first path element, "home" for the empty one
  id: string; // second path element or ""
  query: URLSearchParams;
}

/** parseRoute reads a location.hash such as "#/library/ab12?sort=Name". */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = splitOnce(hash.replace(/^#?\/?/, ''), '?');
  const [page, id] = path.split('/');
  return { page: page || 'home', id: decode(id ?? ''), query: new URLSearchParams(query) };
}

/** href renders a page address; empty values are left out, so defaults leave no trace. */
export function href(page: string, id = '', query: Record<string, string | number | undefined> = {}): string {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(query)) if (v !== undefined && v !== '') q.set(k, String(v));
  const s = q.toString();
  return '#/' + (page === 'home' ? '' : page) + (id ? '/' + encodeURIComponent(id) : '') + (s ? '?' + s : '');
}

/** withParams returns the same page with some parameters changed; "" removes one. */
export function withParams(r: Route, change: Record<string, string>): string {
  const all: Record<string, string> = {};
  r.query.forEach((v, k) => (all[k] = v));
  return href(r.page, r.id, { ...all, ...change });
}

function splitOnce(s: string, by: string): [string, string] {
  const at = s.indexOf(by);
  return at < 0 ? [s, ''] : [s.slice(0, at), s.slice(at + by.length)];
}

function decode(s: string): string {
  try {
    return decodeURIComponent(s);
  } catch {
    return s;
  }
}
