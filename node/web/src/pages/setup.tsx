// First run: the owner's account, made with the code from the server's console.

import { useRef, useState } from 'preact/hooks';
import { createOwner, signIn } from '../api/auth';
import { ApiError } from '../api/client';
import { href } from '../route/route';
import { go } from '../route/router';
import { t } from '../text';
import { explain } from '../ui/notice';
import { useTitle } from '../ui/title';

export function SetupPage({ code, done }: { code: string; done: () => void }) {
  useTitle(t.setup.title);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const submit = async (e: Event) => {
    e.preventDefault();
    const data = new FormData(form.current ?? undefined);
    const value = (name: string) => String(data.get(name) ?? '');
    if (value('password') !== value('again')) return setProblem(t.setup.mismatch);
    setBusy(true);
    setProblem('');
    try {
      await createOwner(value('code').trim(), value('name').trim(), value('password'));
      go(href('home'), true); // takes the used code out of the address
      await signIn(value('name').trim(), value('password')).catch(done);
    } catch (err) {
      const status = err instanceof ApiError ? err.status : 0;
      if (status === 404 || status === 410) done();
      setProblem(status === 401 ? t.setup.wrongCode : explain(err));
      setBusy(false);
    }
  };

  return (
    <main class="alone">
      <form class="panel" ref={form} onSubmit={(e) => void submit(e)} data-testid="setup">
        <img class="mark" src="./icon.svg" alt="" width="56" height="56" />
        <h1>{t.setup.title}</h1>
        <p class="muted">{t.setup.lead}</p>
        <label>
          <span>{t.setup.code}</span>
          <input name="code" data-testid="setup-code" required autoComplete="off" autoCapitalize="characters" spellcheck={false} defaultValue={code} aria-describedby="code-help" />
          <small id="code-help">{t.setup.codeHelp}</small>
        </label>
        <label>
          <span>{t.setup.name}</span>
          <input name="name" data-testid="setup-name" required autoComplete="username" autoCapitalize="words" maxLength={64} />
        </label>
        <label>
          <span>{t.setup.password}</span>
          <input name="password" data-testid="setup-password" type="password" required minLength={8} autoComplete="new-password" aria-describedby="password-help" />
          <small id="password-help">{t.setup.passwordHelp}</small>
        </label>
        <label>
          <span>{t.setup.passwordAgain}</span>
          <input name="again" data-testid="setup-password-again" type="password" required autoComplete="new-password" />
        </label>
        {problem && <p class="problem" role="alert" data-testid="problem">{problem}</p>}
        <button class="button primary" type="submit" disabled={busy} data-testid="setup-submit">
          {t.setup.create}
        </button>
      </form>
    </main>
  );
}
