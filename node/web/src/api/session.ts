// Who is signed in on this browser: one record under one key of localStorage.

const KEY = 'sett.session';

export interface Session {
  deviceId: string;
  token: string; // "" when signed out
  userId: string;
  userName: string;
  admin: boolean;
  /** signedOut keeps the page from signing in by itself after "sign out" or "not you?". */
  signedOut: boolean;
}

let current: Session | undefined;
const listeners = new Set<() => void>();

/** session returns the record, making a device id on first use. */
export function session(): Session {
  return (current ??= load());
}

/** signedIn reports whether there is a token; the server may still refuse it. */
export const signedIn = (): boolean => session().token !== '';

/** update changes the record and keeps it. */
export function update(change: Partial<Session>): void {
  current = { ...session(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Storage may be switched off: the session then lives as long as the page.
  }
  for (const f of listeners) f();
}

/** forget drops the token. explicit says that a person asked for it. */
export function forget(explicit: boolean): void {
  update({ token: '', userId: '', userName: '', admin: false, signedOut: explicit || session().signedOut });
}

/** onSession calls f after every change until the returned function is called. */
export function onSession(f: () => void): () => void {
  listeners.add(f);
  return () => void listeners.delete(f);
}

function load(): Session {
  const fresh: Session = { deviceId: randomId(), token: '', userId: '', userName: '', admin: false, signedOut: false };
  try {
    const kept = localStorage.getItem(KEY);
    if (kept) return { ...fresh, ...(JSON.parse(kept) as Partial<Session>) };
    localStorage.setItem(KEY, JSON.stringify(fresh));
  } catch {
    // Unreadable or forbidden storage: start anew.
  }
  return fresh;
}

// crypto.randomUUID is missing on plain http; getRandomValues is not.
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
