// The frame around every page, and which page that is.

import { useEffect, useRef, useState } from 'preact/hooks';
import { announce, publicInfo, refreshUser, signOut } from './api/auth';
import type { PublicInfo } from './api/types';
import { AccountPage } from './pages/account';
import { HomePage } from './pages/home';
import { ItemPage } from './pages/item';
import { LibraryPage } from './pages/library';
import { NetworkPage } from './pages/network';
import { SearchPage } from './pages/search';
import { SetupPage } from './pages/setup';
import { arrival, SignInPage } from './pages/signin';
import { href, type Route } from './route/route';
import { go, useRoute } from './route/router';
import { t } from './text';
import { Icon, type IconName } from './ui/icons';
import { lazy } from './ui/lazy';
import { MusicBar } from './ui/musicbar';
import { Failure, Waiting } from './ui/notice';
import { useMusic, useSession } from './ui/session';

const PlayerPage = lazy<{ route: Route }>(async () => (await import('./pages/player')).PlayerPage);

export function App() {
  const s = useSession();
  const route = useRoute();
  const [info, setInfo] = useState<PublicInfo>();
  const [error, setError] = useState<unknown>();
  const ask = () => {
    setError(undefined);
    publicInfo().then(setInfo, setError);
  };
  useEffect(ask, [s.token === '']);
  useEffect(() => {
    if (!s.token) return;
    // Both only improve what is there already; pages show their own errors.
    announce().catch(() => undefined);
    refreshUser().catch(() => undefined);
  }, [s.token]);

  if (!s.token) {
    if (error) return <main class="alone"><Failure error={error} retry={ask} /></main>;
    if (!info) return <Waiting />;
    if (info.StartupWizardCompleted === false) return <SetupPage code={route.query.get('code') ?? ''} done={ask} />;
    return <SignInPage server={info.ServerName ?? t.appName} setup={route.page === 'setup'} />;
  }
  if (route.page === 'play') return <PlayerPage route={route} key={route.id} />;
  return <Shell route={route} info={info} />;
}

function Shell({ route, info }: { route: Route; info?: PublicInfo }) {
  const main = useRef<HTMLElement>(null);
  const playing = useMusic().index >= 0;
  const first = useRef(true);
  useEffect(() => {
    // The link that had focus is gone: begin at the page, as a page load would.
    if (!first.current && (document.activeElement === document.body || !document.activeElement)) main.current?.focus({ preventScroll: true });
    first.current = false;
    if (route.page === 'setup' || route.page === 'signin') go(href('home'), true);
  }, [route.page, route.id]);
  return (
    <div class={playing ? 'shell with-music' : 'shell'}>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>
        {t.skipToContent}
      </a>
      <header class="top">
        <a class="brand" href={href('home')} data-testid="brand">
          <img src="./icon.svg" alt="" width="30" height="30" />
          <span>{info?.ServerName || t.appName}</span>
        </a>
        <Navigation page={route.page} />
      </header>
      <main ref={main} id="main" tabIndex={-1}>
        <Arrival />
        <Page route={route} info={info} />
      </main>
      <MusicBar />
    </div>
  );
}

function Navigation({ page }: { page: string }) {
  const { admin } = useSession();
  const entries: [string, string, IconName][] = [
    ['home', t.nav.home, 'home'],
    ['search', t.nav.search, 'search'],
    ...(admin ? ([['network', t.nav.network, 'network']] as [string, string, IconName][]) : []),
    ['account', t.nav.account, 'person'],
  ];
  return (
    <nav class="nav" aria-label={t.nav.main}>
      {entries.map(([to, name, icon]) => (
        <a key={to} href={href(to)} aria-current={page === to ? 'page' : undefined} data-testid={`nav-${to}`}>
          <Icon name={icon} />
          <span>{name}</span>
        </a>
      ))}
    </nav>
  );
}

function Page({ route, info }: { route: Route; info?: PublicInfo }) {
  switch (route.page) {
    case 'home':
    case 'setup':
    case 'signin':
      return <HomePage />;
    case 'library':
      return <LibraryPage route={route} key={route.id} />;
    case 'item':
      return <ItemPage id={route.id} key={route.id} />;
    case 'search':
      return <SearchPage route={route} />;
    case 'network':
      return <NetworkPage />;
    case 'account':
      return <AccountPage info={info} />;
    default:
      return (
        <div class="notice">
          <p>{t.errors.pageMissing}</p>
          <a class="button" href={href('home')}>
            {t.errors.goHome}
          </a>
        </div>
      );
  }
}

// Arrival says who was signed in without being asked, and lets them say otherwise.
function Arrival() {
  const { userName } = useSession();
  const [shown, show] = useState(arrival.automatic);
  if (!shown) return null;
  const dismiss = () => {
    arrival.automatic = false;
    show(false);
  };
  return (
    <div class="banner" role="status" data-testid="auto-signed-in">
      <span>{t.signIn.known(userName)}</span>
      <button class="link" type="button" data-testid="not-you" onClick={() => { dismiss(); void signOut(); }}>
        {t.signIn.notYou}
      </button>
      <button class="plain" type="button" aria-label={t.signIn.dismiss} onClick={dismiss}>
        <Icon name="close" />
      </button>
    </div>
  );
}
