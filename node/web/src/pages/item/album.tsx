// The tracks of an album.

import { tracks } from '../../api/items';
import type { Item } from '../../api/types';
import { useData } from '../../data/query';
import { playQueue } from '../../playback/music';
import { clock, toSeconds } from '../../playback/time';
import { t } from '../../text';
import { Icon } from '../../ui/icons';
import { Failure, Waiting } from '../../ui/notice';
import { useMusic } from '../../ui/session';

export function Album({ it }: { it: Item }) {
  const list = useData(`tracks-${it.Id}`, () => tracks(it.Id));
  if (list.error && !list.data) return <Failure error={list.error} retry={list.reload} />;
  if (!list.data) return <Waiting />;
  return <TrackList tracks={list.data} artist={it.AlbumArtist} />;
}

export function TrackList({ tracks: all, artist }: { tracks: Item[]; artist?: string }) {
  const m = useMusic();
  const now = m.queue[m.index]?.Id;
  const discs = new Set(all.map((x) => x.ParentIndexNumber ?? 1)).size;
  return (
    <section class="tracks" aria-labelledby="tracks">
      <div class="row-head">
        <h2 id="tracks">{t.item.tracks}</h2>
        <button class="button primary" type="button" data-testid="play" onClick={() => playQueue(all, 0)}>
          <Icon name="play" /> {t.item.playAll}
        </button>
      </div>
      <ol>
        {all.map((x, i) => {
          const by = x.Artists?.join(', ');
          return (
            <li key={x.Id}>
              {discs > 1 && x.ParentIndexNumber !== all[i - 1]?.ParentIndexNumber && <h3>{t.item.disc(x.ParentIndexNumber ?? 1)}</h3>}
              <button type="button" class={x.Id === now ? 'track current' : 'track'} aria-label={t.item.playTrack(x.Name ?? '')} aria-current={x.Id === now ? 'true' : undefined} data-nav="" data-testid="track" onClick={() => playQueue(all, i)}>
                <span class="number muted">{x.Id === now ? <Icon name={m.playing ? 'volume' : 'pause'} /> : (x.IndexNumber ?? '')}</span>
                <span class="name">
                  {x.Name}
                  {by && by !== artist && <small class="muted">{by}</small>}
                </span>
                <span class="muted">{clock(toSeconds(x.RunTimeTicks))}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
