// A grid of cards that draws only the rows near the window, for libraries of any size.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ratio, type Shape } from '../api/images';
import type { LongList } from '../data/pages';
import { Card } from './card';

const GAP = 16;
const TEXT = 52; // height of the two lines under a picture
const OVERSCAN = 2; // rows drawn above and below the window

const least: Record<Shape, number> = { poster: 140, square: 140, wide: 220 };

/** layout divides a width into columns and gives the height of a row. Pure. */
export function layout(width: number, shape: Shape): { columns: number; cell: number; row: number } {
  const min = width < 480 ? least[shape] * 0.68 : least[shape];
  const columns = Math.max(2, Math.floor((width + GAP) / (min + GAP)));
  const cell = (width - GAP * (columns - 1)) / columns;
  return { columns, cell, row: Math.round(cell / ratio(shape)) + TEXT + GAP };
}

/** span is the range of rows to draw for a window over the grid. Pure. */
export function span(top: number, height: number, row: number, rows: number): [number, number] {
  const first = Math.max(0, Math.floor(top / row) - OVERSCAN);
  const last = Math.min(rows, Math.ceil((top + height) / row) + OVERSCAN);
  return [Math.min(first, rows), Math.max(last, Math.min(first, rows))];
}

export function Grid({ list, shape }: { list: LongList; shape: Shape }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [view, setView] = useState<[number, number]>([0, 0]); // top within the grid, height

  useLayoutEffect(() => {
    const el = box.current;
    if (!el) return;
    const measure = () => {
      setWidth(el.clientWidth);
      setView([Math.max(0, -el.getBoundingClientRect().top), innerHeight]);
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(el);
    addEventListener('scroll', measure, { passive: true });
    addEventListener('resize', measure);
    return () => {
      watch.disconnect();
      removeEventListener('scroll', measure);
      removeEventListener('resize', measure);
    };
  }, []);

  const { columns, cell, row } = layout(width || 320, shape);
  const count = list.total < 0 ? columns * 3 : list.total;
  const rows = Math.ceil(count / columns);
  const [first, last] = span(view[0], view[1], row, rows);
  const from = first * columns;
  const to = Math.min(count, last * columns);
  useEffect(() => list.want(from, Math.max(from, to - 1)));

  const cells = [];
  for (let i = from; i < to; i++) {
    const it = list.at(i);
    cells.push(
      it ? (
        <li key={i} aria-setsize={list.total} aria-posinset={i + 1}>
          <Card item={it} shape={shape} width={cell} />
        </li>
      ) : (
        <li key={i} aria-hidden="true">
          <span class="card">
            <span class="frame">
              <span class={`art ${shape} pending`} />
            </span>
            <span class="title">{'\u00a0'}</span>
            <span class="sub">{'\u00a0'}</span>
          </span>
        </li>
      ),
    );
  }
  return (
    <div class="grid-space" ref={box} style={{ height: `${rows * row}px` }} data-testid="grid" data-total={list.total}>
      {width > 0 && (
        <ul class="grid" style={{ transform: `translateY(${first * row}px)`, gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, gridAutoRows: `${row - GAP}px` }}>
          {cells}
        </ul>
      )}
    </div>
  );
}
