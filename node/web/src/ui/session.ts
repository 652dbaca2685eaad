// The session and the music as component state.

import { useEffect, useState } from 'preact/hooks';
import { onSession, session, type Session } from '../api/session';
import { music, onMusic, type Music } from '../playback/music';

export function useSession(): Session {
  const [s, set] = useState(session());
  useEffect(() => {
    set(session());
    return onSession(() => set(session()));
  }, []);
  return s;
}

export function useMusic(): Music {
  const [m, set] = useState(music());
  useEffect(() => onMusic(() => set(music())), []);
  return m;
}
