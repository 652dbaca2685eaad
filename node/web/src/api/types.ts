// The parts of the API's wire shapes that this client reads. All fields the server
// may leave out are optional here, whatever its documentation says.

export interface PublicInfo {
  ServerName?: string;
  Version?: string;
  Id?: string;
  StartupWizardCompleted?: boolean;
}

export interface User {
  Id: string;
  Name?: string;
  HasPassword?: boolean;
  PrimaryImageTag?: string;
  Policy?: { IsAdministrator?: boolean };
}

export interface AuthResult {
  AccessToken: string;
  User: User;
}

export interface QuickConnect {
  Secret: string;
  Code: string;
  Authenticated?: boolean;
}

export interface UserData {
  ItemId?: string;
  PlaybackPositionTicks?: number;
  PlayedPercentage?: number;
  Played?: boolean;
  IsFavorite?: boolean;
  UnplayedItemCount?: number;
  LastPlayedDate?: string;
}

export interface NamePair {
  Id?: string;
  Name?: string;
}

export interface Person extends NamePair {
  Role?: string;
  Type?: string;
  PrimaryImageTag?: string;
}

export interface Chapter {
  StartPositionTicks: number;
  Name?: string;
}

export interface Item {
  Id: string;
  Type: string;
  Name?: string;
  CollectionType?: string;
  MediaType?: string;
  IsFolder?: boolean;
  Overview?: string;
  Taglines?: string[];
  ProductionYear?: number;
  PremiereDate?: string;
  EndDate?: string;
  Status?: string;
  OfficialRating?: string;
  CommunityRating?: number;
  CriticRating?: number;
  RunTimeTicks?: number;
  Genres?: string[];
  GenreItems?: NamePair[];
  Studios?: NamePair[];
  People?: Person[];
  IndexNumber?: number;
  IndexNumberEnd?: number;
  ParentIndexNumber?: number;
  ParentId?: string;
  SeriesId?: string;
  SeriesName?: string;
  SeasonId?: string;
  SeasonName?: string;
  Album?: string;
  AlbumId?: string;
  AlbumArtist?: string;
  AlbumArtists?: NamePair[];
  Artists?: string[];
  ArtistItems?: NamePair[];
  ChildCount?: number;
  ImageTags?: Record<string, string>;
  BackdropImageTags?: string[];
  ImageBlurHashes?: Record<string, Record<string, string>>;
  PrimaryImageAspectRatio?: number;
  SeriesPrimaryImageTag?: string;
  AlbumPrimaryImageTag?: string;
  ParentThumbItemId?: string;
  ParentThumbImageTag?: string;
  ParentBackdropItemId?: string;
  ParentBackdropImageTags?: string[];
  UserData?: UserData;
  MediaSources?: MediaSource[];
  Chapters?: Chapter[];
}

export interface Items {
  Items: Item[];
  TotalRecordCount: number;
  StartIndex: number;
}

export interface MediaStream {
  Index: number;
  Type: string; // Video, Audio, Subtitle, EmbeddedImage…
  Codec?: string;
  Language?: string;
  Title?: string;
  DisplayTitle?: string;
  IsDefault?: boolean;
  IsForced?: boolean;
  IsExternal?: boolean;
  IsTextSubtitleStream?: boolean;
  Width?: number;
  Height?: number;
  Channels?: number;
  BitRate?: number;
  BitDepth?: number;
  Profile?: string;
  VideoRange?: string;
  DeliveryMethod?: string;
  DeliveryUrl?: string;
}

export interface MediaSource {
  Id: string;
  Name?: string;
  Container?: string;
  Size?: number;
  Bitrate?: number;
  RunTimeTicks?: number;
  ETag?: string;
  SupportsDirectPlay?: boolean;
  SupportsDirectStream?: boolean;
  SupportsTranscoding?: boolean;
  TranscodingUrl?: string;
  TranscodingSubProtocol?: string;
  TranscodeReasons?: string[] | string;
  DefaultAudioStreamIndex?: number;
  DefaultSubtitleStreamIndex?: number;
  MediaStreams?: MediaStream[];
}

export interface PlaybackInfo {
  MediaSources: MediaSource[];
  PlaySessionId?: string;
  ErrorCode?: string;
}

export interface NetworkZone {
  Name: string;
  Addresses?: string[];
  Open?: boolean;
  Refused?: number;
}

export interface NetworkState {
  Zones?: NetworkZone[];
  Tailnet?: {
    State?: string; // off, starting, needs-login, needs-approval, running, failed
    Error?: string;
    LoginURL?: string;
    Hostname?: string;
    DNSName?: string;
    URLs?: string[];
    Health?: string[];
  };
}

export interface ScanState {
  Running?: boolean;
  Percent?: number;
}
