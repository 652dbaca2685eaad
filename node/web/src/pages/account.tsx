// The person's own page: letting devices in, signing out, and the owner's chores.

import { useEffect, useRef, useState } from 'preact/hooks';
import { quickConnectAllow, signOut } from '../api/auth';
import { ApiError, VERSION } from '../api/client';
import { scanLibrary, scanState } from '../api/items';
import type { PublicInfo, ScanState } from '../api/types';
import { invalidate } from '../data/query';
import { href } from '../route/route';
import { t } from '../text';
import { Icon } from '../ui/icons';
import { explain } from '../ui/notice';
import { useSession } from '../ui/session';
import { useTitle } from '../ui/title';

export function AccountPage({ info }: { info?: PublicInfo }) {
  useTitle(t.account.title);
  const { admin, userName } = useSession();
  return (
    <div class="prose">
      <h1>{t.account.title}</h1>
      <section class="panel flat">
        <p>{t.account.signedInAs(userName)}</p>
        <button class="button" type="button" data-testid="sign-out" onClick={() => void signOut()}>
          {t.account.signOut}
        </button>
      </section>
      <Allow />
      {admin && <Server />}
      <p class="muted small">{t.account.about(info?.ServerName ?? t.appName, VERSION)}</p>
    </div>
  );
}

type Outcome = { good: boolean; text: string };

function Result({ outcome }: { outcome?: Outcome }) {
  return (
    <p class={outcome && !outcome.good ? 'problem' : 'good'} role="status">
      {outcome?.text}
    </p>
  );
}

function Allow() {
  const form = useRef<HTMLFormElement>(null);
  const [outcome, set] = useState<Outcome>();
  const submit = async (e: Event) => {
    e.preventDefault();
    const code = String(new FormData(form.current ?? undefined).get('code') ?? '').replace(/\s/g, '');
    try {
      await quickConnectAllow(code);
      form.current?.reset();
      set({ good: true, text: t.account.allowed });
    } catch (err) {
      const unknown = err instanceof ApiError && (err.status === 404 || err.status === 400);
      set({ good: false, text: unknown ? t.account.notAllowed : explain(err) });
    }
  };
  return (
    <section class="panel flat" aria-labelledby="link">
      <h2 id="link">{t.account.link}</h2>
      <p class="muted" id="link-help">{t.account.linkHelp}</p>
      <form class="inline" ref={form} onSubmit={(e) => void submit(e)}>
        <label>
          <span class="hidden">{t.account.code}</span>
          <input name="code" data-testid="allow-code" inputMode="numeric" autoComplete="one-time-code" placeholder="123456" required maxLength={9} aria-describedby="link-help" />
        </label>
        <button class="button primary" type="submit" data-testid="allow-submit">
          {t.account.allow}
        </button>
      </form>
      <Result outcome={outcome} />
    </section>
  );
}

const POLL = 1500; // ms between questions how far a scan is

function Server() {
  const [outcome, set] = useState<Outcome>();
  const [asked, ask] = useState(0);
  const state = useScan(asked, () => set({ good: true, text: t.account.scanDone }));
  const scan = () =>
    scanLibrary().then(
      () => {
        set({ good: true, text: t.account.scanning });
        ask(asked + 1);
      },
      (e: unknown) => set({ good: false, text: explain(e) }),
    );
  return (
    <section class="panel flat" aria-labelledby="server">
      <h2 id="server">{t.account.server}</h2>
      <p class="muted">{t.account.scanHelp}</p>
      <div class="buttons">
        <button class="button" type="button" data-testid="scan" disabled={state.Running} onClick={() => void scan()}>
          <Icon name="refresh" /> {t.account.scan}
        </button>
        <a class="button" href={href('network')}>
          <Icon name="network" /> {t.account.network}
        </a>
      </div>
      {state.Running && <progress max={100} value={state.Percent ?? 0} aria-label={t.account.scan} />}
      <Result outcome={state.Running ? { good: true, text: t.account.scanRunning(state.Percent ?? 0) } : outcome} />
    </section>
  );
}

// useScan follows a scan while one is running, whoever started it.
function useScan(asked: number, done: () => void): ScanState {
  const [state, set] = useState<ScanState>({});
  useEffect(() => {
    let timer = 0;
    let over = false;
    const look = async (was: boolean) => {
      // Progress is a comfort: without an answer the button still works.
      const now = await scanState().catch((): ScanState => ({}));
      if (over) return;
      set(now);
      if (now.Running) timer = window.setTimeout(() => void look(true), POLL);
      else if (was) {
        done();
        invalidate();
      }
    };
    void look(false);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [asked]);
  return state;
}
