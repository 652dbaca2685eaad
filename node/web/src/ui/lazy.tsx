// A page whose code is fetched when it is first opened.

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../text';
import { Waiting } from './notice';

/** lazy makes a component of a module's export that is fetched on first use. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let ready: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [, render] = useState(0);
    const [failed, fail] = useState(false);
    useEffect(() => {
      if (ready) return;
      load().then(
        (c) => {
          ready = c;
          render(1);
        },
        () => fail(true),
      );
    }, []);
    if (ready) {
      const Ready = ready;
      return <Ready {...props} />;
    }
    if (!failed) return <Waiting />;
    // Names are stable, so a part that cannot be had means that the server is away or
    // serves a newer client.
    return (
      <div class="notice" role="alert">
        <p>{t.errors.update}</p>
        <button class="button" type="button" onClick={() => location.reload()}>
          {t.errors.reload}
        </button>
      </div>
    );
  };
}
