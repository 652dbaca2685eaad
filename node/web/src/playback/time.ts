// Times as people read them and as the API counts them. Pure.

/** A tick is 100 ns. */
export const TICKS = 10_000_000;

export const toSeconds = (ticks: number | undefined): number => (ticks ?? 0) / TICKS;
export const toTicks = (seconds: number): number => Math.max(0, Math.round((Number.isFinite(seconds) ? seconds : 0) * TICKS));

/** clock renders seconds as 4:05 or 1:04:05. */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const two = (n: number) => String(n).padStart(2, '0');
  const h = Math.floor(s / 3600);
  const m = Math.floor(s / 60) % 60;
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/** length renders a running time as "1 h 42 min", "12 min" or "35 s". */
export function length(ticks: number | undefined): string {
  const s = Math.round(toSeconds(ticks));
  if (s <= 0) return '';
  if (s < 60) return `${s} s`;
  const minutes = Math.round(s / 60);
  const h = Math.floor(minutes / 60);
  if (h === 0) return `${minutes} min`;
  return minutes % 60 === 0 ? `${h} h` : `${h} h ${minutes % 60} min`;
}
