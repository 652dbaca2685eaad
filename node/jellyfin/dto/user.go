package dto

// User is a UserDto.
type User struct {
	Name              string
	ServerID          string `json:"ServerId"`
	ID                string `json:"Id"`
	PrimaryImageTag   string `json:",omitempty"`
	HasPassword       bool
	HasConfigured     bool `json:"HasConfiguredPassword"`
	HasConfiguredEasy bool `json:"HasConfiguredEasyPassword"`
	EnableAutoLogin   bool
	LastLoginDate     *Time `json:",omitempty"`
	LastActivityDate  *Time `json:",omitempty"`
	Configuration     UserConfiguration
	Policy            UserPolicy
}

// UserConfiguration is what a person sets for themselves.
type UserConfiguration struct {
	AudioLanguagePreference    string `json:",omitempty"`
	PlayDefaultAudioTrack      bool
	SubtitleLanguagePreference string
	DisplayMissingEpisodes     bool
	GroupedFolders             Strings
	SubtitleMode               string
	DisplayCollectionsView     bool
	EnableLocalPassword        bool
	OrderedViews               Strings
	LatestItemsExcludes        Strings
	MyMediaExcludes            Strings
	HidePlayedInLatest         bool
	RememberAudioSelections    bool
	RememberSubtitleSelections bool
	EnableNextEpisodeAutoPlay  bool
	CastReceiverID             string `json:"CastReceiverId,omitempty"`
}

// DefaultConfiguration is that of a person who never set anything.
func DefaultConfiguration() UserConfiguration {
	return UserConfiguration{
		PlayDefaultAudioTrack: true, GroupedFolders: Strings{}, SubtitleMode: "Default", EnableLocalPassword: false,
		OrderedViews: Strings{}, LatestItemsExcludes: Strings{}, MyMediaExcludes: Strings{}, HidePlayedInLatest: true,
		RememberAudioSelections: true, RememberSubtitleSelections: true, EnableNextEpisodeAutoPlay: true,
	}
}

// UserPolicy is what the owner lets a person do. Every member is sent: strict
// decoders lose the whole user for one that is missing.
type UserPolicy struct {
	IsAdministrator                  bool
	IsHidden                         bool
	EnableCollectionManagement       bool
	EnableSubtitleManagement         bool
	EnableLyricManagement            bool
	IsDisabled                       bool
	MaxParentalRating                *int `json:",omitempty"`
	BlockedTags                      Strings
	AllowedTags                      Strings
	EnableUserPreferenceAccess       bool
	AccessSchedules                  []struct{}
	BlockUnratedItems                Strings
	EnableRemoteControlOfOtherUsers  bool
	EnableSharedDeviceControl        bool
	EnableRemoteAccess               bool
	EnableLiveTvManagement           bool
	EnableLiveTvAccess               bool
	EnableMediaPlayback              bool
	EnableAudioPlaybackTranscoding   bool
	EnableVideoPlaybackTranscoding   bool
	EnablePlaybackRemuxing           bool
	ForceRemoteSourceTranscoding     bool
	EnableContentDeletion            bool
	EnableContentDeletionFromFolders Strings
	EnableContentDownloading         bool
	EnableSyncTranscoding            bool
	EnableMediaConversion            bool
	EnabledDevices                   Strings
	EnableAllDevices                 bool
	EnabledChannels                  Strings
	EnableAllChannels                bool
	EnabledFolders                   Strings
	EnableAllFolders                 bool
	InvalidLoginAttemptCount         int
	LoginAttemptsBeforeLockout       int
	MaxActiveSessions                int
	EnablePublicSharing              bool
	BlockedMediaFolders              Strings
	BlockedChannels                  Strings
	RemoteClientBitrateLimit         int64
	AuthenticationProviderID         string `json:"AuthenticationProviderId"`
	PasswordResetProviderID          string `json:"PasswordResetProviderId"`
	SyncPlayAccess                   string
}

// DefaultPolicy is that of an ordinary member who may see everything.
func DefaultPolicy() UserPolicy {
	return UserPolicy{
		BlockedTags: Strings{}, AllowedTags: Strings{}, AccessSchedules: []struct{}{}, BlockUnratedItems: Strings{},
		EnableUserPreferenceAccess: true, EnableSharedDeviceControl: true, EnableRemoteAccess: true,
		EnableMediaPlayback: true, EnableAudioPlaybackTranscoding: true, EnableVideoPlaybackTranscoding: true,
		EnablePlaybackRemuxing: true, EnableContentDeletionFromFolders: Strings{}, EnableContentDownloading: true,
		EnableSyncTranscoding: true, EnabledDevices: Strings{}, EnableAllDevices: true, EnabledChannels: Strings{},
		EnableAllChannels: true, EnabledFolders: Strings{}, EnableAllFolders: true, LoginAttemptsBeforeLockout: -1,
		BlockedMediaFolders: Strings{}, BlockedChannels: Strings{},
		AuthenticationProviderID: "Sett.Password", PasswordResetProviderID: "Sett.Owner", SyncPlayAccess: "None",
	}
}

// AuthenticationResult is the answer to a sign-in.
type AuthenticationResult struct {
	User        User
	SessionInfo Session
	AccessToken string
	ServerID    string `json:"ServerId"`
}

// QuickConnect is a QuickConnectResult.
type QuickConnect struct {
	Authenticated                   bool
	Secret, Code                    string
	DeviceID                        string `json:"DeviceId"`
	DeviceName, AppName, AppVersion string
	DateAdded                       Time
}

// UserData is a UserItemDataDto.
type UserData struct {
	Rating           *float64 `json:",omitempty"`
	PlayedPercentage *float64 `json:",omitempty"`
	UnplayedCount    *int     `json:"UnplayedItemCount,omitempty"`
	Position         int64    `json:"PlaybackPositionTicks"`
	PlayCount        int
	IsFavorite       bool
	Likes            *bool `json:",omitempty"`
	LastPlayedDate   *Time `json:",omitempty"`
	Played           bool
	Key              string
	ItemID           string `json:"ItemId"`
}
