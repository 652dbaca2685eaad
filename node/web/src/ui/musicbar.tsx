// What is playing, at the foot of every page.

import { picture } from '../api/images';
import { clear, seekMusic, skip, toggle } from '../playback/music';
import { clock } from '../playback/time';
import { href } from '../route/route';
import { t } from '../text';
import { Icon } from './icons';
import { Art } from './picture';
import { useMusic } from './session';

export function MusicBar() {
  const m = useMusic();
  const track = m.queue[m.index];
  if (!track) return null;
  return (
    <section class="music" aria-label={t.music.label} data-testid="music">
      <input
        class="seek"
        type="range"
        min={0}
        max={Math.max(1, m.duration)}
        step={1}
        value={m.position}
        aria-label={t.music.position}
        aria-valuetext={t.player.of(clock(m.position), clock(m.duration))}
        style={{ '--done': `${m.duration ? (m.position / m.duration) * 100 : 0}%` }}
        onChange={(e) => seekMusic(Number(e.currentTarget.value))}
      />
      <span class="cover">
        <Art picture={picture(track, 'square')} shape="square" width={56} name={track.Album ?? track.Name ?? ''} />
      </span>
      <span class="what">
        {track.AlbumId ? <a href={href('item', track.AlbumId)}>{track.Name}</a> : <span>{track.Name}</span>}
        <small class={m.failed ? 'problem' : 'muted'} role="status">
          {m.failed ? t.music.failed : (track.Artists?.join(', ') ?? track.AlbumArtist)}
        </small>
      </span>
      <span class="time muted">
        {clock(m.position)} / {clock(m.duration)}
      </span>
      <span class="buttons">
        <button class="plain" type="button" aria-label={t.music.previous} onClick={() => skip(-1)}>
          <Icon name="previous" />
        </button>
        <button class="plain big" type="button" aria-label={m.playing ? t.player.pause : t.player.play} data-testid="music-toggle" onClick={toggle}>
          <Icon name={m.playing ? 'pause' : 'play'} />
        </button>
        <button class="plain" type="button" aria-label={t.music.next} onClick={() => skip(1)}>
          <Icon name="next" />
        </button>
        <button class="plain" type="button" aria-label={t.music.stop} onClick={clear}>
          <Icon name="close" />
        </button>
      </span>
    </section>
  );
}
