// Drives a node with the unmodified @jellyfin/sdk: sign-in → views → items →
// PlaybackInfo → stream → progress → resume. Usage: sdk.mjs URL USER PASSWORD
import assert from 'node:assert/strict';
import { Jellyfin } from '@jellyfin/sdk/lib/index.js';
import * as apis from '@jellyfin/sdk/lib/utils/api/index.js';
import { WebSocket } from 'ws';

const [url, user, password] = process.argv.slice(2);
const sdk = new Jellyfin({
  clientInfo: { name: 'Sett SDK test', version: '1.0.0' },
  deviceInfo: { name: 'Test device', id: `sdk-${process.pid}` },
});

const best = sdk.discovery.findBestServer(await sdk.discovery.getRecommendedServers([url], undefined));
assert.ok(best, 'the SDK finds no usable server at the address');
// The SDK calls every server outdated that is older than its own API document.
const doubts = (best.issues ?? []).map((i) => i.constructor.name).filter((n) => n !== 'VersionOutdatedIssue');
assert.deepEqual(doubts, [], 'the SDK has doubts about the server');

const api = sdk.createApi(url);
await assert.rejects(apis.getUserViewApi(api).getUserViews(), (e) => e.response?.status === 401, 'views without sign-in');

const signedIn = (await apis.getUserApi(api).authenticateUserByName?.({ authenticateUserByName: { Username: user, Pw: password } })
  ?? await apis.getAuthenticationApi(api).authenticateUserByName({ authenticateUserByName: { Username: user, Pw: password } })).data;
assert.ok(signedIn.AccessToken);
if (!api.accessToken) api.update({ accessToken: signedIn.AccessToken });
const userId = signedIn.User.Id;

const views = (await apis.getUserViewApi(api).getUserViews({ userId })).data;
assert.deepEqual(views.Items.map((v) => v.CollectionType).sort(), ['movies', 'music', 'tvshows']);

const library = apis.getLibraryApi(api);
const films = (await library.getItems({ userId, recursive: true, includeItemTypes: ['Movie'], fields: ['MediaSources', 'Overview'], sortBy: ['SortName'] })).data;
assert.deepEqual(films.Items.map((i) => i.Name), ['First Light', 'Second Winter']);
const film = films.Items[0];

const profile = {
  MaxStreamingBitrate: 20000000,
  DirectPlayProfiles: [{ Type: 'Video', Container: 'mp4', VideoCodec: 'h264', AudioCodec: 'aac' }],
  TranscodingProfiles: [{ Type: 'Video', Container: 'ts', Protocol: 'hls', VideoCodec: 'h264', AudioCodec: 'aac', Context: 'Streaming' }],
};
const info = (await apis.getMediaInfoApi(api).getPostedPlaybackInfo({ itemId: film.Id, userId, playbackInfoDto: { DeviceProfile: profile } })).data;
const source = info.MediaSources[0];
assert.equal(source.SupportsDirectPlay, true);
assert.ok(info.PlaySessionId);

const stream = `${url}/Videos/${film.Id}/stream.${source.Container.split(',')[0]}?static=true&mediaSourceId=${source.Id}&ApiKey=${api.accessToken}`;
const part = await fetch(stream, { headers: { Range: 'bytes=0-1023' } });
assert.equal(part.status, 206);
assert.equal((await part.arrayBuffer()).byteLength, 1024);

const sessions = apis.getSessionApi(api);
const at = (ticks) => ({ ItemId: film.Id, MediaSourceId: source.Id, PlaySessionId: info.PlaySessionId, PositionTicks: ticks, CanSeek: true, PlayMethod: 'DirectPlay' });
const position = Math.floor(film.RunTimeTicks * 0.4);
assert.equal((await sessions.reportPlaybackStart({ playbackStartInfo: at(0) })).status, 204);
const mine = (await sessions.getSessions({ deviceId: api.deviceInfo.id })).data;
assert.equal(mine[0]?.NowPlayingItem?.Id, film.Id);
assert.equal((await sessions.reportPlaybackProgress({ playbackProgressInfo: at(position) })).status, 204);
assert.equal((await sessions.reportPlaybackStopped({ playbackStopInfo: at(position) })).status, 204);

const resume = (await library.getResumeItems({ userId, mediaTypes: ['Video'] })).data;
assert.deepEqual(resume.Items.map((i) => [i.Id, i.UserData.PlaybackPositionTicks]), [[film.Id, position]]);

const userData = apis.getUserDataApi(api);
assert.equal((await userData.markPlayedItem({ itemId: film.Id, userId })).data.Played, true);
assert.equal((await library.getItem({ itemId: film.Id, userId })).data.UserData.PlaybackPositionTicks, 0);
assert.equal((await userData.markUnplayedItem({ itemId: film.Id, userId })).data.Played, false);

await new Promise((resolve, reject) => {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/socket?ApiKey=${api.accessToken}&deviceId=${api.deviceInfo.id}`);
  const timeout = setTimeout(() => reject(new Error('no KeepAlive within 8 s')), 8000);
  socket.on('error', reject);
  socket.on('message', (text) => {
    const { MessageType, Data } = JSON.parse(text);
    if (MessageType === 'ForceKeepAlive') {
      assert.equal(Data, 60);
      socket.send(JSON.stringify({ MessageType: 'KeepAlive' }));
    }
    if (MessageType === 'KeepAlive') {
      clearTimeout(timeout);
      socket.close();
      resolve();
    }
  });
});

await sessions.reportSessionEnded();
const after = await fetch(`${url}/Users/Me`, { headers: { Authorization: `MediaBrowser Token="${api.accessToken || signedIn.AccessToken}"` } });
assert.equal(after.status, 401, 'the token after signing out');
console.log('the SDK is content');
