// The light build has no types of its own; it is the full one with parts left out.
declare module 'hls.js/light' {
  export { default } from 'hls.js';
  export * from 'hls.js';
}
