import assert from 'node:assert/strict';
import test from 'node:test';
import type { MediaSource } from '../src/api/types';
import { commandFor, nextSpeed } from '../src/playback/keys';
import { fileType, planFor, reasonsOf, sidecar } from '../src/playback/plan';
import { deviceProfile, type Support } from '../src/playback/profile';
import { clock, length, toSeconds, toTicks } from '../src/playback/time';

const browser = (mimes: RegExp, hls: Support['hls'] = 'mse'): Support => ({ plays: (m) => mimes.test(m), mse: (m) => mimes.test(m), hls });
const plain = browser(/^(?!.*matroska).*(avc1|mp4a\.40|audio\/(mpeg|flac|wav)|opus|vp09|vp8)/);
const context = { base: 'http://h', itemId: 'i', playSessionId: 'p', deviceId: 'd', token: 't', audio: false };

test('a browser without HEVC does not claim it, in files or in streams', () => {
  const p = deviceProfile(plain);
  assert.ok(!JSON.stringify([p.DirectPlayProfiles, p.TranscodingProfiles]).includes('hevc'));
  assert.equal(p.DirectPlayProfiles.find((d) => d.Container.startsWith('mp4'))?.VideoCodec, 'h264,vp9');
  assert.ok(!p.DirectPlayProfiles.some((d) => d.Container.includes('mkv')));
});

test('Matroska is played directly only where the browser says so', () => {
  const mkv = (s: Support) => deviceProfile(s).DirectPlayProfiles.find((d) => d.Container === 'mkv');
  assert.equal(mkv(plain), undefined);
  assert.deepEqual(mkv(browser(/avc1|mp4a\.40/)), { Container: 'mkv', Type: 'Video', VideoCodec: 'h264', AudioCodec: 'aac' });
});

test('a browser with HEVC may be sent it, and is still converted to H.264', () => {
  const p = deviceProfile(browser(/./));
  const hls = p.TranscodingProfiles.find((t) => t['Protocol'] === 'hls' && t['Type'] === 'Video');
  assert.equal(hls?.['VideoCodec'], 'h264,hevc,av1,vp9');
  assert.match(String(hls?.['AudioCodec']), /^aac,/);
  assert.equal(hls?.['Container'], 'mp4');
});

test('a browser that plays no HLS is offered none', () => {
  const p = deviceProfile(browser(/avc1|mp4a|mpeg/, 'none'));
  assert.ok(!p.TranscodingProfiles.some((t) => t['Protocol'] === 'hls'));
});

test('what plays natively is asked of the element, not of Media Source Extensions', () => {
  const s: Support = { plays: (m) => /avc1|hvc1|mp4a/.test(m), mse: () => false, hls: 'native' };
  assert.equal(deviceProfile(s).TranscodingProfiles[0]?.['VideoCodec'], 'h264,hevc');
});

test('a source that plays directly is its own bytes', () => {
  const s: MediaSource = { Id: 's', Container: 'mov,mp4,m4a,3gp,3g2,mj2', SupportsDirectPlay: true, TranscodingUrl: '/x.m3u8' };
  const p = planFor(s, context);
  assert.equal(p?.method, 'DirectPlay');
  assert.equal(p?.url, 'http://h/Videos/i/stream.mp4?static=true&mediaSourceId=s&playSessionId=p&deviceId=d&ApiKey=t');
  assert.match(planFor({ Id: 's', SupportsDirectPlay: true, Container: 'flac' }, { ...context, audio: true })?.url ?? '', /\/Audio\/i\/stream\.flac\?/);
});

test('a converted source is the address the server gave, with a token', () => {
  const url = '/videos/i/master.m3u8?PlaySessionId=p&TranscodeReasons=VideoCodecNotSupported,AudioCodecNotSupported';
  const p = planFor({ Id: 's', SupportsTranscoding: true, TranscodingUrl: url, TranscodingSubProtocol: 'hls' }, context);
  assert.deepEqual([p?.method, p?.hls, p?.url], ['Transcode', true, 'http://h' + url + '&ApiKey=t']);
  assert.deepEqual(p?.reasons, ['VideoCodecNotSupported', 'AudioCodecNotSupported']);
});

test('when only the wrapping is in the way the picture is called untouched', () => {
  const url = '/videos/i/master.m3u8?TranscodeReasons=ContainerNotSupported';
  assert.equal(planFor({ Id: 's', TranscodingUrl: url }, context)?.method, 'DirectStream');
  assert.equal(planFor({ Id: 's', TranscodingUrl: url + '&SubtitleMethod=Encode' }, context)?.method, 'Transcode');
  assert.equal(planFor({ Id: 's', TranscodingUrl: '/videos/i/master.m3u8' }, context)?.method, 'Transcode');
});

test('a source nothing can play has no plan', () => {
  assert.equal(planFor({ Id: 's' }, context), undefined);
});

test('reasons come once, from the field or the address', () => {
  assert.deepEqual(reasonsOf({ Id: 's', TranscodeReasons: ['A'], TranscodingUrl: '/x?TranscodeReasons=A%2CB' }), ['A', 'B']);
  assert.deepEqual(reasonsOf({ Id: 's', TranscodeReasons: 'A, B' }), ['A', 'B']);
});

test('a container list gives one file type', () => {
  assert.deepEqual(['mov,mp4,m4a', 'MKV', 'matroska,webm', ''].map(fileType), ['mp4', 'mkv', 'matroska', '']);
});

test('only external subtitles have an address', () => {
  const m = { Index: 2, Type: 'Subtitle', DeliveryUrl: '/Videos/a/b/Subtitles/2/0/Stream.vtt' };
  assert.equal(sidecar({ ...m, DeliveryMethod: 'External' }, 'http://h', 't'), 'http://h/Videos/a/b/Subtitles/2/0/Stream.vtt?ApiKey=t');
  assert.equal(sidecar({ ...m, DeliveryMethod: 'Encode' }, 'http://h', 't'), '');
});

test('times read as people write them', () => {
  assert.deepEqual([0, 65, 3905, -3, NaN].map(clock), ['0:00', '1:05', '1:05:05', '0:00', '0:00']);
  assert.deepEqual([0, 35, 720, 3600, 6120].map((s) => length(toTicks(s))), ['', '35 s', '12 min', '1 h', '1 h 42 min']);
  assert.equal(toTicks(NaN), 0);
  assert.equal(toSeconds(toTicks(12.5)), 12.5);
  assert.equal(Number.isInteger(toTicks(1 / 3)), true);
});

const key = (k: string, more = {}) => commandFor({ key: k, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...more });

test('the keys do what people know', () => {
  assert.deepEqual([' ', 'k', 'j', 'ArrowRight', 'f', 'm', 'c', 'i', 'Escape', '5', '<'].map((k) => key(k)?.do), ['toggle', 'toggle', 'seek', 'seek', 'fullscreen', 'mute', 'captions', 'stats', 'leave', 'jump', 'speed']);
  assert.deepEqual([key('N', { shiftKey: true })?.do, key('n')], ['next', undefined]);
  assert.equal(key('f', { ctrlKey: true }), undefined);
});

test('speed moves a step at a time and stops at the ends', () => {
  assert.deepEqual([nextSpeed(1, 1), nextSpeed(1, -1), nextSpeed(2, 1), nextSpeed(0.25, -1)], [1.25, 0.75, 2, 0.25]);
});
