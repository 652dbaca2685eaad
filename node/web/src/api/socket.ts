// The events socket: one connection for the page, kept alive, reopened with patience.

import { serverBase, socketUrl } from './base';
import { onSession, session } from './session';

export type Topic = 'LibraryChanged' | 'UserDataChanged';

const listeners = new Map<Topic, Set<() => void>>();

/** onEvent calls f on each message of a topic until the returned function is called. */
export function onEvent(topic: Topic, f: () => void): () => void {
  const set = listeners.get(topic) ?? new Set();
  listeners.set(topic, set.add(f));
  return () => void set.delete(f);
}

const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 60_000;

/** startSocket keeps a socket open while there is a session; call once for the page. */
export function startSocket(): void {
  let socket: WebSocket | undefined;
  let token = '';
  let wait = FIRST_WAIT;
  let retry = 0;
  let beat = 0;

  const close = () => {
    clearTimeout(retry);
    clearInterval(beat);
    if (socket) socket.onclose = socket.onmessage = null;
    socket?.close();
    socket = undefined;
  };

  const open = () => {
    close();
    if (!token) return;
    socket = new WebSocket(socketUrl(serverBase(), token, session().deviceId));
    socket.onopen = () => (wait = FIRST_WAIT);
    socket.onclose = () => {
      clearInterval(beat);
      retry = window.setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    };
    socket.onmessage = (e) => {
      const m = read(e.data);
      if (m.MessageType === 'ForceKeepAlive') {
        const seconds = typeof m.Data === 'number' && m.Data > 1 ? m.Data : 60;
        const ping = () => socket?.readyState === WebSocket.OPEN && socket.send('{"MessageType":"KeepAlive"}');
        clearInterval(beat);
        beat = window.setInterval(ping, (seconds * 1000) / 2);
        ping();
      } else {
        for (const f of listeners.get(m.MessageType as Topic) ?? []) f();
      }
    };
  };

  const follow = () => {
    if (session().token === token) return;
    token = session().token;
    wait = FIRST_WAIT;
    open();
  };
  onSession(follow);
  // A phone that wakes up should not wait out the back-off.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && token && socket?.readyState !== WebSocket.OPEN && socket?.readyState !== WebSocket.CONNECTING) open();
  });
  follow();
}

function read(data: unknown): { MessageType?: string; Data?: unknown } {
  try {
    return JSON.parse(String(data)) as { MessageType?: string; Data?: unknown };
  } catch {
    return {};
  }
}
