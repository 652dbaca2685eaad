// A picture in a box that has its shape before the picture is there.

import { useState } from 'preact/hooks';
import { serverBase } from '../api/base';
import { averageColour, imageUrl, letterHue, step, type Picture, type Shape } from '../api/images';
import { session } from '../api/session';
import { Icon, type IconName } from './icons';

interface Props {
  picture?: Picture;
  shape: Shape;
  width: number; // CSS pixels it is shown at, about
  name: string; // for the tile shown without a picture
  eager?: boolean;
  icon?: IconName; // in the tile, instead of letters
}

/** Art is decoration beside a written title, so its alternative text is empty. */
export function Art({ picture: p, shape, width, name, eager, icon }: Props) {
  const [failed, fail] = useState('');
  const url = p && imageUrl(serverBase(), p, step(width * Math.min(devicePixelRatio || 1, 2)), shape, session().token);
  const [loaded, load] = useState('');
  if (!url || failed === url) return <Tile shape={shape} name={name} icon={icon} />;
  return (
    <span class={`art ${shape}`} style={{ backgroundColor: averageColour(p?.blurhash) || undefined }}>
      <img
        src={url}
        alt=""
        loading={eager ? 'eager' : 'lazy'}
        decoding="async"
        draggable={false}
        class={loaded === url ? 'loaded' : ''}
        onLoad={() => load(url)}
        onError={() => fail(url)}
      />
    </span>
  );
}

function Tile({ shape, name, icon }: { shape: Shape; name: string; icon?: IconName }) {
  const letters = name.split(/\s+/).filter(Boolean).slice(0, 2).map((w) => [...w][0]?.toUpperCase()).join('');
  return (
    <span class={`art tile ${shape}`} style={{ '--hue': String(letterHue(name)) }} aria-hidden="true">
      {icon ? <Icon name={icon} /> : <span>{letters}</span>}
    </span>
  );
}
