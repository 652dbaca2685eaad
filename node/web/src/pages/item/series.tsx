// Seasons and episodes.

import { picture } from '../../api/images';
import { episodes, nextUp, seasons } from '../../api/items';
import type { Item } from '../../api/types';
import { useData } from '../../data/query';
import { clock, length, toSeconds } from '../../playback/time';
import { href } from '../../route/route';
import { t } from '../../text';
import { Icon } from '../../ui/icons';
import { Failure } from '../../ui/notice';
import { Art } from '../../ui/picture';
import { Row } from '../../ui/row';

/** SeriesPlay plays what comes next in a series or season. */
export function SeriesPlay({ it }: { it: Item }) {
  const series = it.Type === 'Series' ? it.Id : (it.SeriesId ?? '');
  const next = useData(series ? `next-${it.Id}` : '', async () => {
    if (it.Type === 'Series') {
      const up = await nextUp(series);
      if (up[0]) return up[0];
    }
    const all = await episodes(series, it.Type === 'Season' ? it.Id : undefined);
    const real = all.filter((e) => e.ParentIndexNumber !== 0 || it.Type === 'Season');
    return real.find((e) => !e.UserData?.Played) ?? real[0];
  });
  const e = next.data;
  if (!e) return null;
  const position = toSeconds(e.UserData?.PlaybackPositionTicks);
  const code = t.item.episodeCode(e.ParentIndexNumber, e.IndexNumber, e.IndexNumberEnd) || (e.Name ?? '');
  return (
    <a class="button primary" href={href('play', e.Id)} data-testid="play" data-nav="" data-focus="play">
      <Icon name="play" /> {position > 0 ? `${code} · ${t.item.resume(clock(position))}` : t.item.playNext(code)}
    </a>
  );
}

/** SeriesPart lists the seasons, or the episodes at once when there is only one season. */
export function SeriesPart({ it }: { it: Item }) {
  const list = useData(`seasons-${it.Id}`, () => seasons(it.Id));
  if (list.error && !list.data) return <Failure error={list.error} retry={list.reload} />;
  const only = list.data?.length === 1 ? list.data[0] : undefined;
  if (only) return <EpisodeList seriesId={it.Id} seasonId={only.Id} title={only.Name ?? t.item.episodes} />;
  return <Row title={t.item.seasons} id="seasons" items={list.data} shape="poster" />;
}

/** SeasonPart lists the episodes of a season, or those around an episode. */
export function SeasonPart({ it }: { it: Item }) {
  const season = it.Type === 'Season' ? it.Id : it.SeasonId;
  if (!it.SeriesId || !season) return null;
  return <EpisodeList seriesId={it.SeriesId} seasonId={season} title={it.Type === 'Season' ? t.item.episodes : (it.SeasonName ?? t.item.episodes)} current={it.Id} />;
}

function EpisodeList({ seriesId, seasonId, title, current }: { seriesId: string; seasonId: string; title: string; current?: string }) {
  const list = useData(`episodes-${seasonId}`, () => episodes(seriesId, seasonId));
  if (list.error && !list.data) return <Failure error={list.error} retry={list.reload} />;
  return (
    <section class="episodes" aria-labelledby="episodes">
      <h2 id="episodes">{title}</h2>
      <ol>
        {(list.data ?? []).map((e) => (
          <Episode key={e.Id} e={e} current={e.Id === current} />
        ))}
      </ol>
    </section>
  );
}

function Episode({ e, current }: { e: Item; current: boolean }) {
  const done = e.UserData?.PlayedPercentage ?? 0;
  return (
    <li class={current ? 'episode current' : 'episode'} data-testid="episode" data-item-id={e.Id}>
      <a class="frame" href={href('play', e.Id)} data-nav="" aria-label={t.item.playNext(e.Name ?? '')}>
        <Art picture={picture(e, 'wide')} shape="wide" width={240} name={String(e.IndexNumber ?? e.Name ?? '')} />
        <span class="overlay">
          <Icon name="play" />
        </span>
        {done > 0 && done < 100 && (
          <span class="progress" aria-hidden="true">
            <span style={{ width: `${done}%` }} />
          </span>
        )}
      </a>
      <div>
        <h3>
          <a href={href('item', e.Id)} aria-current={current ? 'true' : undefined} data-focus={`episode-${e.Id}`}>
            {e.IndexNumber !== undefined && `${e.IndexNumber}. `}
            {e.Name}
          </a>
        </h3>
        <p class="muted small">
          {length(e.RunTimeTicks)}
          {e.UserData?.Played && (
            <span class="seen">
              <Icon name="check" /> {t.item.played}
            </span>
          )}
        </p>
        {e.Overview && <p class="clamp">{e.Overview}</p>}
      </div>
    </li>
  );
}
