// A titled row of cards that scrolls sideways.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Shape } from '../api/images';
import type { Item } from '../api/types';
import { t } from '../text';
import { Card } from './card';
import { Icon } from './icons';

interface Props {
  title: string;
  id: string; // unique on the page
  items?: Item[]; // undefined: still loading, show empty frames
  shape: Shape;
  play?: boolean;
  link?: string;
  children?: ComponentChildren;
}

const widths: Record<Shape, number> = { poster: 170, square: 170, wide: 280 };

export function Row({ title, id, items, shape, play, link }: Props) {
  const strip = useRef<HTMLUListElement>(null);
  const [long, setLong] = useState(false); // there is more than fits
  useLayoutEffect(() => {
    const measure = () => setLong(!!strip.current && strip.current.scrollWidth > strip.current.clientWidth + 4);
    measure();
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, [items?.length]);
  if (items && items.length === 0) return null;
  const move = (by: number) => strip.current?.scrollBy({ left: by * strip.current.clientWidth * 0.85, behavior: 'auto' });
  return (
    <section class="row" aria-labelledby={`row-${id}`} data-testid={`row-${id}`}>
      <div class="row-head">
        <h2 id={`row-${id}`}>{link ? <a href={link}>{title}</a> : title}</h2>
        {/* For the mouse only: keyboards and fingers move the strip themselves. */}
        <span class="arrows" aria-hidden="true" hidden={!long}>
          <button type="button" tabIndex={-1} onClick={() => move(-1)} title={t.nav.back}>
            <Icon name="left" />
          </button>
          <button type="button" tabIndex={-1} onClick={() => move(1)} title={t.more}>
            <Icon name="right" />
          </button>
        </span>
      </div>
      <ul class={`strip ${shape}`} ref={strip}>
        {items
          ? items.map((it) => (
              <li key={it.Id}>
                <Card item={it} shape={shape} width={widths[shape]} play={play} focus={`${id}-${it.Id}`} />
              </li>
            ))
          : Array.from({ length: 8 }, (_, i) => (
              <li key={i} aria-hidden="true">
                <span class="card">
                  <span class="frame">
                    <span class={`art ${shape} pending`} />
                  </span>
                  <span class="title">{'\u00a0'}</span>
                  <span class="sub">{'\u00a0'}</span>
                </span>
              </li>
            ))}
      </ul>
    </section>
  );
}
