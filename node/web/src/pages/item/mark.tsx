// Watched and favourite.

import { useState } from 'preact/hooks';
import { setFavourite, setPlayed } from '../../api/items';
import type { Item, UserData } from '../../api/types';
import { invalidate, patch } from '../../data/query';
import { t } from '../../text';
import { Icon } from '../../ui/icons';
import { explain } from '../../ui/notice';

const watchable = new Set(['Movie', 'Series', 'Season', 'Episode', 'Video', 'MusicVideo']);

export function MarkButtons({ it }: { it: Item }) {
  const [problem, setProblem] = useState('');
  const played = !!it.UserData?.Played;
  const liked = !!it.UserData?.IsFavorite;
  const change = async (at: Promise<UserData>, guess: Partial<UserData>) => {
    const put = (d: Partial<UserData>) => patch<Item>(`item-${it.Id}`, (old) => ({ ...old, UserData: { ...old.UserData, ...d } }));
    const before = it.UserData ?? {};
    put(guess);
    setProblem('');
    try {
      put(await at);
      invalidate();
    } catch (e) {
      put(before);
      setProblem(explain(e));
    }
  };
  return (
    <>
      {watchable.has(it.Type) && (
        <button
          class="button icon-only"
          type="button"
          aria-pressed={played}
          title={played ? t.item.markUnwatched : t.item.markWatched}
          aria-label={t.item.watched}
          data-testid="watched"
          onClick={() => void change(setPlayed(it.Id, !played), { Played: !played, PlaybackPositionTicks: 0, PlayedPercentage: 0 })}
        >
          <Icon name="check" />
        </button>
      )}
      <button
        class="button icon-only"
        type="button"
        aria-pressed={liked}
        title={liked ? t.item.removeFavourite : t.item.addFavourite}
        aria-label={t.item.favourite}
        data-testid="favourite"
        onClick={() => void change(setFavourite(it.Id, !liked), { IsFavorite: !liked })}
      >
        <Icon name={liked ? 'heart' : 'heartOutline'} />
      </button>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
