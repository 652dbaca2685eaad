// Addresses of the node's API. Everything here is pure except serverBase.

/** Values a query may hold; undefined and null are left out, lists are comma joined. */
export type Query = Record<string, string | number | boolean | string[] | null | undefined>;

/** baseOf returns the API root for a page address: the part before "/web/". */
export function baseOf(pageUrl: string): string {
  const u = new URL(pageUrl);
  const at = u.pathname.lastIndexOf('/web');
  const path = at >= 0 ? u.pathname.slice(0, at) : u.pathname.replace(/\/[^/]*$/, '');
  return u.origin + path;
}

/** serverBase is the API root of the page we run in, without a trailing slash. */
export const serverBase = (): string => baseOf(location.href);

/** queryString renders a query, with the leading "?" unless it is empty. */
export function queryString(query: Query): string {
  const p = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue;
    if (Array.isArray(value)) {
      if (value.length > 0) p.set(name, value.join(','));
      continue;
    }
    p.set(name, String(value));
  }
  const s = p.toString();
  return s ? '?' + s : '';
}

/** join appends a server-relative address (as in TranscodingUrl) to the API root. */
export function join(base: string, path: string): string {
  if (/^https?:\/\//i.test(path)) return path;
  return base.replace(/\/+$/, '') + '/' + path.replace(/^\/+/, '');
}

/** withQuery adds a parameter to an address unless it has one of that name already. */
export function withQuery(url: string, name: string, value: string): string {
  if (!value || new RegExp('[?&]' + name + '=', 'i').test(url)) return url;
  return url + (url.includes('?') ? '&' : '?') + name + '=' + encodeURIComponent(value);
}

/** socketUrl is the address of the events socket for an API root. */
export function socketUrl(base: string, token: string, deviceId: string): string {
  return base.replace(/^http/i, 'ws') + '/socket' + queryString({ ApiKey: token, deviceId });
}
