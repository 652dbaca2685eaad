package dto

import "encoding/json"

// Session is a SessionInfoDto.
type Session struct {
	PlayState           *PlayState
	AdditionalUsers     []struct{}
	Capabilities        Capabilities
	RemoteEndPoint      string `json:",omitempty"`
	PlayableMediaTypes  Strings
	ID                  string `json:"Id"`
	UserID              string `json:"UserId"`
	UserName            string
	Client              string
	LastActivityDate    Time
	LastPlaybackCheckIn Time
	DeviceName          string
	NowPlayingItem      json.RawMessage `json:",omitempty"`
	DeviceID            string          `json:"DeviceId"`
	ApplicationVersion  string
	TranscodingInfo     *TranscodingInfo `json:",omitempty"`
	IsActive            bool
	SupportsMedia       bool `json:"SupportsMediaControl"`
	SupportsRemote      bool `json:"SupportsRemoteControl"`
	NowPlayingQueue     []QueueItem
	HasCustomDeviceName bool
	PlaylistItemID      string `json:"PlaylistItemId,omitempty"`
	ServerID            string `json:"ServerId"`
	SupportedCommands   Strings
}

// PlayState is a PlayerStateInfo.
type PlayState struct {
	PositionTicks *int64 `json:",omitempty"`
	CanSeek       bool
	IsPaused      bool
	IsMuted       bool
	VolumeLevel   *int   `json:",omitempty"`
	AudioIndex    *int   `json:"AudioStreamIndex,omitempty"`
	SubtitleIndex *int   `json:"SubtitleStreamIndex,omitempty"`
	MediaSourceID string `json:"MediaSourceId,omitempty"`
	PlayMethod    string `json:",omitempty"`
	RepeatMode    string
	PlaybackOrder string
}

// TranscodingInfo says what is being converted for a session.
type TranscodingInfo struct {
	AudioCodec       string `json:",omitempty"`
	VideoCodec       string `json:",omitempty"`
	Container        string `json:",omitempty"`
	IsVideoDirect    bool
	IsAudioDirect    bool
	Bitrate          int64 `json:",omitempty"`
	Width, Height    *int  `json:",omitempty"`
	AudioChannels    *int  `json:",omitempty"`
	TranscodeReasons []string
}

// QueueItem is one entry of a player's queue.
type QueueItem struct {
	ID             string `json:"Id"`
	PlaylistItemID string `json:"PlaylistItemId,omitempty"`
}

// Capabilities is a ClientCapabilitiesDto; the device profile is kept as sent.
type Capabilities struct {
	PlayableMediaTypes Strings
	SupportedCommands  Strings
	SupportsMedia      bool            `json:"SupportsMediaControl"`
	SupportsPersistent bool            `json:"SupportsPersistentIdentifier"`
	DeviceProfile      json.RawMessage `json:",omitempty"`
	AppStoreURL        string          `json:"AppStoreUrl,omitempty"`
	IconURL            string          `json:"IconUrl,omitempty"`
}

// PlayReport is the body of playback start, progress and stop reports alike.
type PlayReport struct {
	ItemID         ID     `json:"ItemId"`
	MediaSourceID  string `json:"MediaSourceId"`
	PlaySessionID  string `json:"PlaySessionId"`
	PositionTicks  *Int
	AudioIndex     *Int `json:"AudioStreamIndex"`
	SubtitleIndex  *Int `json:"SubtitleStreamIndex"`
	VolumeLevel    *Int
	CanSeek        bool
	IsPaused       bool
	IsMuted        bool
	Failed         bool
	PlayMethod     string
	RepeatMode     string
	PlaybackOrder  string
	PlaylistItemID string      `json:"PlaylistItemId"`
	Queue          []QueueItem `json:"NowPlayingQueue"`
}
