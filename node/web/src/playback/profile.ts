// The device profile: what the server may send us as it is, and what it must make
// of the rest. Pure: the browser's answers come in as a Support.

export interface Support {
  /** plays asks the media element (files and native HLS). */
  plays(mime: string): boolean;
  /** mse asks Media Source Extensions (HLS through hls.js). */
  mse(mime: string): boolean;
  hls: 'mse' | 'native' | 'none';
}

interface Codec {
  name: string; // as the API calls it
  mime: string; // as the codecs parameter calls it
}

const H264: Codec = { name: 'h264', mime: 'avc1.640029' };
const HEVC: Codec = { name: 'hevc', mime: 'hvc1.1.6.L120.90' };
const AV1: Codec = { name: 'av1', mime: 'av01.0.08M.08' };
const VP9: Codec = { name: 'vp9', mime: 'vp09.00.40.08' };
const VP8: Codec = { name: 'vp8', mime: 'vp8' };

const AAC: Codec = { name: 'aac', mime: 'mp4a.40.2' };
const MP3: Codec = { name: 'mp3', mime: 'mp4a.69' };
const OPUS: Codec = { name: 'opus', mime: 'opus' };
const FLAC: Codec = { name: 'flac', mime: 'flac' };
const VORBIS: Codec = { name: 'vorbis', mime: 'vorbis' };
const AC3: Codec = { name: 'ac3', mime: 'ac-3' };
const EAC3: Codec = { name: 'eac3', mime: 'ec-3' };

interface Condition {
  Condition: string;
  Property: string;
  Value: string;
  IsRequired: boolean;
}

export interface DeviceProfile {
  Name: string;
  MaxStreamingBitrate: number;
  MaxStaticBitrate: number;
  MusicStreamingTranscodingBitrate: number;
  DirectPlayProfiles: { Container: string; Type: string; VideoCodec?: string; AudioCodec?: string }[];
  TranscodingProfiles: Record<string, string | number | boolean>[];
  ContainerProfiles: never[];
  CodecProfiles: { Type: string; Codec?: string; Conditions: Condition[] }[];
  SubtitleProfiles: { Format: string; Method: string }[];
}

const MBIT = 1_000_000;

/** deviceProfile describes a browser to the server. bitrate is in bits per second. */
export function deviceProfile(s: Support, bitrate = 120 * MBIT): DeviceProfile {
  return {
    Name: 'Sett Web',
    MaxStreamingBitrate: bitrate,
    MaxStaticBitrate: bitrate,
    MusicStreamingTranscodingBitrate: 256_000,
    DirectPlayProfiles: [...videoFiles(s), ...audioFiles(s)],
    TranscodingProfiles: conversions(s),
    ContainerProfiles: [],
    CodecProfiles: limits(s),
    // Everything that is text comes beside the film; pictures must be drawn into it.
    SubtitleProfiles: [{ Format: 'vtt', Method: 'External' }],
  };
}

const among = (codecs: Codec[], ok: (c: Codec) => boolean): string => codecs.filter(ok).map((c) => c.name).join(',');

function videoFiles(s: Support): DeviceProfile['DirectPlayProfiles'] {
  const in_ = (type: string) => (c: Codec) => s.plays(`${type}; codecs="${c.mime}"`);
  const out: DeviceProfile['DirectPlayProfiles'] = [];
  const add = (container: string, type: string, video: Codec[], audio: Codec[]) => {
    const v = among(video, in_(type));
    if (v) out.push({ Container: container, Type: 'Video', VideoCodec: v, AudioCodec: among(audio, in_(type.replace('video', 'audio'))) });
  };
  add('mp4,m4v,mov', 'video/mp4', [H264, HEVC, AV1, VP9], [AAC, MP3, OPUS, FLAC, AC3, EAC3]);
  add('webm', 'video/webm', [VP9, VP8, AV1], [OPUS, VORBIS]);
  if (s.plays('video/x-matroska; codecs="avc1.640029"')) add('mkv', 'video/x-matroska', [H264, HEVC, AV1, VP9], [AAC, MP3, OPUS, FLAC]);
  return out;
}

function audioFiles(s: Support): DeviceProfile['DirectPlayProfiles'] {
  const kinds: [string, string, string][] = [
    ['mp3', 'mp3', 'audio/mpeg'],
    ['m4a,m4b,mp4,aac', 'aac', 'audio/mp4; codecs="mp4a.40.2"'],
    ['flac', 'flac', 'audio/flac'],
    ['ogg,oga,opus,webm', 'opus', 'audio/ogg; codecs="opus"'],
    ['ogg,oga', 'vorbis', 'audio/ogg; codecs="vorbis"'],
    ['wav', 'pcm_s16le,pcm_u8', 'audio/wav'],
    ['m4a', 'alac', 'audio/mp4; codecs="alac"'],
  ];
  return kinds.filter(([, , mime]) => s.plays(mime)).map(([Container, AudioCodec]) => ({ Container, Type: 'Audio', AudioCodec }));
}

// The first codec of each list is the one converted to; the others may be copied.
function conversions(s: Support): DeviceProfile['TranscodingProfiles'] {
  const out: DeviceProfile['TranscodingProfiles'] = [];
  if (s.hls !== 'none') {
    const ok = (type: string) => (c: Codec) => (s.hls === 'mse' ? s.mse : s.plays)(`${type}/mp4; codecs="${c.mime}"`);
    const video = among([H264, HEVC, AV1, VP9], ok('video')) || 'h264';
    const audio = among([AAC, AC3, EAC3, OPUS, FLAC], ok('audio')) || 'aac';
    const hls = { Container: 'mp4', Protocol: 'hls', Context: 'Streaming', MinSegments: 1, BreakOnNonKeyFrames: false, EnableSubtitlesInManifest: false };
    out.push({ ...hls, Type: 'Video', VideoCodec: video, AudioCodec: audio, MaxAudioChannels: '6' });
    out.push({ ...hls, Type: 'Audio', AudioCodec: 'aac', MaxAudioChannels: '2' });
  }
  if (s.plays('audio/mpeg')) {
    out.push({ Container: 'mp3', Type: 'Audio', AudioCodec: 'mp3', Protocol: 'http', Context: 'Streaming', MaxAudioChannels: '2' });
  }
  return out;
}

const must = (Condition: string, Property: string, Value: string): Condition => ({ Condition, Property, Value, IsRequired: false });

function limits(s: Support): DeviceProfile['CodecProfiles'] {
  const any = (codec: string) => s.plays(`video/mp4; codecs="${codec}"`);
  const hevc10 = any('hvc1.2.4.L120.90');
  const av110 = any('av01.0.08M.10');
  const sdr = ['SDR'];
  return [
    {
      Type: 'Video',
      Codec: 'h264',
      Conditions: [
        must('EqualsAny', 'VideoProfile', 'high|main|baseline|constrained baseline|constrained high'),
        must('LessThanEqual', 'VideoLevel', any('avc1.640034') ? '52' : '41'),
        must('LessThanEqual', 'VideoBitDepth', '8'),
        must('NotEquals', 'IsAnamorphic', 'true'),
      ],
    },
    {
      Type: 'Video',
      Codec: 'hevc',
      Conditions: [
        must('EqualsAny', 'VideoProfile', hevc10 ? 'main|main 10' : 'main'),
        must('LessThanEqual', 'VideoLevel', any('hvc1.1.6.L153.90') ? '153' : '120'),
        must('EqualsAny', 'VideoRangeType', (hevc10 ? [...sdr, 'HDR10', 'HLG'] : sdr).join('|')),
      ],
    },
    { Type: 'Video', Codec: 'av1', Conditions: [must('LessThanEqual', 'VideoBitDepth', av110 ? '10' : '8')] },
    // A media element plays the first audio track of a file and offers no way to another.
    { Type: 'VideoAudio', Conditions: [must('Equals', 'IsSecondaryAudio', 'false')] },
    { Type: 'VideoAudio', Codec: 'aac', Conditions: [must('LessThanEqual', 'AudioChannels', '8')] },
  ];
}
