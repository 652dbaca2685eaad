// Signing in: by the network's word, by tapping a name, by password, or by a code.

import { useEffect, useRef, useState } from 'preact/hooks';
import { knownCaller, publicUsers, quickConnectEnabled, quickConnectStart, quickConnectState, signIn, signInWithCode } from '../api/auth';
import { serverBase } from '../api/base';
import { ApiError } from '../api/client';
import { letterHue } from '../api/images';
import { session } from '../api/session';
import type { QuickConnect, User } from '../api/types';
import { t } from '../text';
import { Icon } from '../ui/icons';
import { explain, Failure, Waiting } from '../ui/notice';
import { useTitle } from '../ui/title';

/** arrival remembers that this session began without a question. */
export const arrival = { automatic: false };

type View = { at: 'users' } | { at: 'password'; name: string } | { at: 'code' };

export function SignInPage({ server, setup }: { server: string; setup: boolean }) {
  useTitle(t.signIn.titlePlain);
  const [users, setUsers] = useState<User[]>();
  const [quick, setQuick] = useState(false);
  const [error, setError] = useState<unknown>();
  const [view, setView] = useState<View>({ at: 'users' });
  const [problem, setProblem] = useState('');

  const load = () => {
    setError(undefined);
    publicUsers().then(async (list) => {
      const me = session().signedOut ? undefined : knownCaller(list);
      if (me) {
        try {
          arrival.automatic = true; // before the session, whose pages show it
          return await signIn(me.Name ?? '', '');
        } catch {
          arrival.automatic = false; // the list stays as the way in
        }
      }
      setUsers(list);
      if (list.length === 0) setView({ at: 'password', name: '' });
    }, setError);
    quickConnectEnabled().then(setQuick, () => setQuick(false));
  };
  useEffect(load, []);

  const enter = (u: User) => {
    setProblem('');
    if (u.HasPassword !== false) return setView({ at: 'password', name: u.Name ?? '' });
    signIn(u.Name ?? '', '').catch((e: unknown) => setProblem(refusal(e)));
  };

  return (
    <main class="alone">
      <div class="panel wide" data-testid="sign-in">
        <img class="mark" src="./icon.svg" alt="" width="56" height="56" />
        <p class="server">{server}</p>
        <h1>{view.at === 'code' ? t.signIn.quickTitle : view.at === 'users' && users?.length ? t.signIn.title : t.signIn.titlePlain}</h1>
        {setup && <p class="muted">{t.setup.done}</p>}
        {error !== undefined && <Failure error={error} retry={load} />}
        {!users && error === undefined && <Waiting />}
        {users && view.at === 'users' && <Users users={users} choose={enter} />}
        {problem && <p class="problem" role="alert">{problem}</p>}
        {users && view.at === 'password' && <PasswordForm name={view.name} key={view.name} />}
        {view.at === 'code' && <Code />}
        {users && (
          <p class="ways">
            {view.at !== 'users' && users.length > 0 && (
              <button class="link" type="button" data-testid="all-users" onClick={() => setView({ at: 'users' })}>
                {t.signIn.all}
              </button>
            )}
            {(view.at !== 'password' || view.name !== '') && (
              <button class="link" type="button" data-testid="other-user" onClick={() => setView({ at: 'password', name: '' })}>
                {t.signIn.other}
              </button>
            )}
            {quick && view.at !== 'code' && (
              <button class="link" type="button" data-testid="quick-connect" onClick={() => setView({ at: 'code' })}>
                {t.signIn.quick}
              </button>
            )}
          </p>
        )}
      </div>
    </main>
  );
}

function refusal(e: unknown): string {
  const status = e instanceof ApiError ? e.status : 0;
  if (status === 401) return t.signIn.wrong;
  if (status === 403) return t.signIn.refused;
  return explain(e);
}

function Users({ users, choose }: { users: User[]; choose: (u: User) => void }) {
  return (
    <ul class="people" data-testid="users">
      {users.map((u) => (
        <li key={u.Id}>
          <button type="button" data-nav="" data-testid="user" data-user={u.Name} aria-label={t.signIn.as(u.Name ?? '')} onClick={() => choose(u)}>
            <Face user={u} />
            <span>{u.Name}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Face({ user }: { user: User }) {
  const name = user.Name ?? '?';
  if (user.PrimaryImageTag) {
    return <img class="face" alt="" width="96" height="96" src={`${serverBase()}/Users/${user.Id}/Images/Primary?tag=${encodeURIComponent(user.PrimaryImageTag)}&fillWidth=192&fillHeight=192`} />;
  }
  return (
    <span class="face tile" style={{ '--hue': String(letterHue(name)) }} aria-hidden="true">
      {[...name][0]?.toUpperCase()}
    </span>
  );
}

function PasswordForm({ name }: { name: string }) {
  const form = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => form.current?.querySelector<HTMLInputElement>(name ? '[name=password]' : '[name=name]')?.focus(), []);
  const submit = async (e: Event) => {
    e.preventDefault();
    const data = new FormData(form.current ?? undefined);
    setBusy(true);
    setProblem('');
    try {
      await signIn(String(data.get('name') ?? '').trim(), String(data.get('password') ?? ''));
    } catch (err) {
      setProblem(refusal(err));
      setBusy(false);
    }
  };
  return (
    <form class="fields" ref={form} onSubmit={(e) => void submit(e)}>
      <label>
        <span>{t.signIn.name}</span>
        <input name="name" data-testid="username" required autoComplete="username" autoCapitalize="none" spellcheck={false} defaultValue={name} />
      </label>
      <label>
        <span>{t.signIn.password}</span>
        <input name="password" data-testid="password" type="password" autoComplete="current-password" />
      </label>
      {problem && <p class="problem" role="alert" data-testid="problem">{problem}</p>}
      <button class="button primary" type="submit" disabled={busy} data-testid="sign-in-submit">
        {t.signIn.submit}
      </button>
    </form>
  );
}

const POLL = 3000; // ms between questions whether the code has been allowed

function Code() {
  const [state, setState] = useState<QuickConnect>();
  const [expired, setExpired] = useState(false);
  const [error, setError] = useState<unknown>();
  const start = () => {
    setExpired(false);
    setError(undefined);
    quickConnectStart().then(setState, setError);
  };
  useEffect(start, []);
  useEffect(() => {
    if (!state || expired) return;
    let timer = 0;
    let over = false;
    const ask = async () => {
      try {
        if ((await quickConnectState(state.Secret)).Authenticated) return await signInWithCode(state.Secret);
      } catch (e) {
        // No answer at all is worth waiting for; a refusal is not.
        if (e instanceof ApiError && e.status !== 0 && e.status !== 429) {
          if (!over) setExpired(true);
          return;
        }
      }
      if (!over) timer = window.setTimeout(() => void ask(), POLL);
    };
    void ask();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [state?.Secret, expired]);

  if (error !== undefined) return <Failure error={error} retry={start} />;
  if (expired)
    return (
      <div class="notice" role="alert">
        <p>{t.signIn.quickExpired}</p>
        <button class="button" type="button" onClick={start}>
          <Icon name="refresh" /> {t.signIn.quickAgain}
        </button>
      </div>
    );
  if (!state) return <Waiting />;
  return (
    <div class="quick" role="status">
      <p class="code" data-testid="quick-code">
        {state.Code}
      </p>
      <p class="muted">{t.signIn.quickHelp}</p>
    </div>
  );
}
