// One way to talk to the node: JSON over fetch with its authorisation header.

import { queryString, serverBase, type Query } from './base';
import { forget, session } from './session';

export const CLIENT = 'Sett Web';
export const VERSION = '0.1.0';

/** ApiError is a request that failed. status 0: no answer at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  /** keepalive lets the request outlive the page (reports on leaving). */
  keepalive?: boolean;
  /** anonymous sends no token, and a 401 does not sign out. */
  anonymous?: boolean;
}

/** authorization renders the header that names this client, device and session. */
export function authorization(deviceId: string, device: string, token: string): string {
  const part = (k: string, v: string) => `${k}="${encodeURIComponent(v)}"`;
  const parts = [part('Client', CLIENT), part('Device', device), part('DeviceId', deviceId), part('Version', VERSION)];
  if (token) parts.push(part('Token', token));
  return 'MediaBrowser ' + parts.join(', ');
}

/** deviceName describes this browser in two words for the owner's device list. */
export function deviceName(ua: string): string {
  const browser = /Edg\//.test(ua) ? 'Edge' : /Firefox\//.test(ua) ? 'Firefox' : /Chrom(e|ium)\//.test(ua) ? 'Chrome' : /Safari\//.test(ua) ? 'Safari' : 'Browser';
  const system = /Android/.test(ua) ? 'Android' : /iPhone|iPad/.test(ua) ? 'iOS' : /Windows/.test(ua) ? 'Windows' : /Mac OS/.test(ua) ? 'macOS' : /Linux/.test(ua) ? 'Linux' : '';
  return system ? `${browser} on ${system}` : browser;
}

async function request(method: string, path: string, o: Options): Promise<Response> {
  const s = session();
  const headers: Record<string, string> = {
    Authorization: authorization(s.deviceId, deviceName(navigator.userAgent), o.anonymous ? '' : s.token),
    Accept: 'application/json',
  };
  if (o.body !== undefined) headers['Content-Type'] = 'application/json';
  let res: Response;
  try {
    res = await fetch(serverBase() + path + queryString(o.query ?? {}), {
      method,
      headers,
      body: o.body === undefined ? undefined : JSON.stringify(o.body),
      signal: o.signal,
      keepalive: o.keepalive,
      credentials: 'same-origin',
    });
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e;
    throw new ApiError(0, '');
  }
  if (res.ok) return res;
  // Only the session that asked may end: a late answer must not end a newer one.
  if (res.status === 401 && !o.anonymous && s.token && s.token === session().token) forget(false);
  throw new ApiError(res.status, await sentence(res));
}

// sentence is the server's own explanation when it sent one.
async function sentence(res: Response): Promise<string> {
  try {
    const v = (await res.json()) as { message?: unknown; Message?: unknown };
    const m = v.message ?? v.Message;
    return typeof m === 'string' ? m : '';
  } catch {
    return '';
  }
}

/** call sends a request and decodes its JSON. */
export async function call<T>(method: string, path: string, o: Options = {}): Promise<T> {
  const res = await request(method, path, o);
  try {
    return (await res.json()) as T;
  } catch {
    throw new ApiError(res.status, 'The server sent an answer this page cannot read.');
  }
}

/** send is call for answers without a body. */
export async function send(method: string, path: string, o: Options = {}): Promise<void> {
  await request(method, path, o);
}

export const get = <T>(path: string, query?: Query, o: Options = {}): Promise<T> => call<T>('GET', path, { ...o, query });
