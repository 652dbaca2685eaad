// For the owner: where this server can be opened, and the state of its tailnet.

import { useEffect, useState } from 'preact/hooks';
import { queryString, serverBase } from '../api/base';
import { network } from '../api/items';
import { session } from '../api/session';
import type { NetworkState } from '../api/types';
import { useData } from '../data/query';
import { t } from '../text';
import { Failure, Waiting } from '../ui/notice';
import { useTitle } from '../ui/title';

const POLL = 5000; // ms, while the tailnet is on its way

export function NetworkPage() {
  useTitle(t.network.title);
  const state = useData('network', network);
  const tail = state.data?.Tailnet;
  const waiting = !!tail?.State && tail.State !== 'running' && tail.State !== 'off';
  useEffect(() => {
    if (!waiting) return;
    const timer = window.setInterval(state.reload, POLL);
    return () => clearInterval(timer);
  }, [waiting]);
  if (state.error && !state.data) return <Failure error={state.error} retry={state.reload} />;
  if (!state.data) return <Waiting />;
  return (
    <div class="prose" data-testid="network">
      <h1>{t.network.title}</h1>
      <p class="muted">{t.network.lead}</p>
      <section class="panel flat" aria-labelledby="zones">
        <h2 id="zones">{t.network.zones}</h2>
        <dl class="zones">
          {(state.data.Zones ?? []).map((z) => (
            <div key={z.Name}>
              <dt>
                {z.Name} <span class={z.Open ? 'state on' : 'state'}>{z.Open ? t.network.open : t.network.closed}</span>
              </dt>
              <dd>
                {!!z.Refused && <p class="muted small">{t.network.refused(z.Refused)}</p>}
                {z.Addresses?.length ? z.Addresses.map((a) => <Address key={a} url={a} />) : <span class="muted">{t.network.none}</span>}
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <section class="panel flat" aria-labelledby="tailnet">
        <h2 id="tailnet">{t.network.tailnet}</h2>
        {tail?.State && tail.State !== 'off' ? <Tailnet tail={tail} /> : <p>{t.network.tailnetOff}</p>}
      </section>
    </div>
  );
}

function Tailnet({ tail }: { tail: NonNullable<NetworkState['Tailnet']> }) {
  return (
    <>
      <dl class="facts">
        <dt>{t.network.state}</dt>
        <dd data-testid="tailnet-state">{t.network.states[tail.State ?? ''] ?? tail.State}</dd>
        {(tail.DNSName || tail.Hostname) && (
          <>
            <dt>{t.network.name}</dt>
            <dd>{tail.DNSName || tail.Hostname}</dd>
          </>
        )}
      </dl>
      {tail.Error && <p class="problem">{tail.Error}</p>}
      {tail.LoginURL && (
        <div class="login">
          <div>
            <h3>{t.network.login}</h3>
            <p class="muted">{t.network.loginHelp}</p>
            <p>
              <SafeLink url={tail.LoginURL} testid="tailnet-login" />
            </p>
          </div>
          <QR text={tail.LoginURL} />
        </div>
      )}
      {tail.URLs?.map((u) => <Address key={u} url={u} />)}
      {!!tail.Health?.length && (
        <>
          <h3>{t.network.health}</h3>
          <ul>
            {tail.Health.map((h) => (
              <li key={h}>{h}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

// Only web addresses become links, whatever the server was told by its control plane.
function SafeLink({ url, testid }: { url: string; testid?: string }) {
  if (!/^https?:\/\//i.test(url)) return <code>{url}</code>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" data-testid={testid}>
      {url}
    </a>
  );
}

function Address({ url }: { url: string }) {
  const [open, show] = useState(false);
  return (
    <div class="address">
      <SafeLink url={url} />
      {/^https?:/i.test(url) && (
        <button class="link" type="button" aria-expanded={open} onClick={() => show(!open)}>
          {t.network.showQr}
        </button>
      )}
      {open && <QR text={url} />}
    </div>
  );
}

function QR({ text }: { text: string }) {
  return <img class="qr" width="192" height="192" alt={t.network.qr(text)} src={serverBase() + '/Sett/QR' + queryString({ text, ApiKey: session().token })} />;
}
