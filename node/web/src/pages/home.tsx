// The home page: libraries, what to go on with, what is new.

import { continueWatching, latest, nextUp, resumable, views } from '../api/items';
import { shapeOf, type Shape } from '../api/images';
import type { Item } from '../api/types';
import { useData } from '../data/query';
import { href } from '../route/route';
import { t } from '../text';
import { Empty, Failure } from '../ui/notice';
import { Row } from '../ui/row';
import { useSession } from '../ui/session';
import { useTitle } from '../ui/title';

export function HomePage() {
  useTitle('');
  const { admin } = useSession();
  const libraries = useData('views', views);
  const goOn = useData('continue', async () => {
    // One failing is no reason to hide the other.
    const [r, n] = await Promise.allSettled([resumable(), nextUp()]);
    if (r.status === 'rejected' && n.status === 'rejected') throw r.reason;
    return continueWatching(r.status === 'fulfilled' ? r.value : [], n.status === 'fulfilled' ? n.value : []);
  });

  if (libraries.error && !libraries.data) return <Failure error={libraries.error} retry={libraries.reload} />;
  const list = libraries.data;
  return (
    <>
      <h1 class="hidden">{t.nav.home}</h1>
      {list?.length === 0 && (
        <Empty>
          <p>{t.home.empty}</p>
          <p>{admin ? t.home.emptyOwner : t.home.emptyOther}</p>
          {admin && (
            <a class="button" href={href('account')}>
              {t.account.scan}
            </a>
          )}
        </Empty>
      )}
      <Row title={t.home.continue} id="continue" items={goOn.data ?? (goOn.error ? [] : undefined)} shape="wide" play />
      <Row title={t.home.libraries} id="libraries" items={list} shape="wide" />
      {list?.map((l) => <Latest key={l.Id} library={l} />)}
    </>
  );
}

function Latest({ library }: { library: Item }) {
  const l = useData(`latest-${library.Id}`, () => latest(library.Id));
  const shape: Shape = library.CollectionType === 'music' ? 'square' : l.data?.length && l.data.every((i) => shapeOf(i.Type) === 'wide') ? 'wide' : 'poster';
  return <Row title={t.home.latest(library.Name ?? '')} id={`latest-${library.Id}`} items={l.data ?? (l.error ? [] : undefined)} shape={shape} link={href('library', library.Id)} />;
}
