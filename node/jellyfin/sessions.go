package jellyfin

import (
	"sync"
	"time"

	"sett/node/account"
	"sett/node/jellyfin/dto"
	"sett/node/library"
	"sett/streaming/decide"
	"sett/streaming/ffmpeg"
)

var sessionRoutes = []Route{
	{Method: "GET", Path: "/Sessions", Access: User, Do: (*API).listSessions},
	{Method: "POST", Path: "/Sessions/Capabilities", Access: User, Do: (*API).capabilities},
	{Method: "POST", Path: "/Sessions/Capabilities/Full", Access: User, Do: (*API).capabilitiesFull},
	{Method: "POST", Path: "/Sessions/Viewing", Access: User, Do: (*API).viewing},
	{Method: "GET", Path: "/socket", Access: User, Do: (*API).socket, Also: []string{"/embywebsocket"}},
}

// session is one app on one device with one token: what it can do, what it plays,
// and its open sockets. Fields are guarded by sessions.mu.
type session struct {
	id       string
	who      account.Caller
	device   account.Device
	addr     string
	seen     time.Time
	checkIn  time.Time
	caps     dto.Capabilities
	state    dto.PlayState
	playing  *library.Card
	queue    []dto.QueueItem
	plan     *dto.TranscodingInfo
	sockets  map[*socket]bool
	playlist string
}

// sessions are the apps seen lately. They live in memory: a client announces itself
// again after a restart.
type sessions struct {
	mu   sync.Mutex
	byID map[string]*session
}

const (
	sessionLife = 24 * time.Hour // without a request
	playingLife = 5 * time.Minute
	maxSessions = 4096
	maxQueue    = 1000      // entries of a player's queue that are kept
	maxProfile  = 128 << 10 // bytes of a device profile that is kept
)

func newSessions() *sessions { return &sessions{byID: map[string]*session{}} }

// sessionID follows from the sign-in alone: what a client says of itself may change
// with every request.
func sessionID(who account.Caller) string { return library.NewID("session", who.TokenHash).String() }

// of returns the caller's session, made on first use.
func (s *sessions) of(c *call) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ofLocked(c)
}

func (s *sessions) ofLocked(c *call) *session {
	d := c.who.Device
	id := sessionID(c.who)
	one := s.byID[id]
	if one == nil {
		if len(s.byID) >= maxSessions {
			s.evictLocked()
		}
		one = &session{id: id, sockets: map[*socket]bool{}}
		one.state.RepeatMode, one.state.PlaybackOrder = "RepeatNone", "Default"
		s.byID[id] = one
	}
	one.who, one.device, one.addr, one.seen = c.who, d, c.addr().String(), time.Now()
	return one
}

func (s *sessions) evictLocked() {
	var oldest *session
	for _, one := range s.byID {
		if oldest == nil || one.seen.Before(oldest.seen) {
			oldest = one
		}
	}
	if oldest != nil {
		s.removeLocked(oldest)
	}
}

// converting remembers what is being converted for the caller.
func (s *sessions) converting(c *call, cv conversion) {
	if c.who.Zero() {
		return
	}
	job := cv.spec.Job
	info := &dto.TranscodingInfo{
		AudioCodec: string(job.Audio.Codec), VideoCodec: string(job.Video.Codec), Container: segmentExt(job.Container),
		IsVideoDirect: job.Video.Action == ffmpeg.Copy, IsAudioDirect: job.Audio.Action == ffmpeg.Copy, Bitrate: cv.spec.Bandwidth,
		TranscodeReasons: decide.ParseReasons(c.q.str("transcodereasons")).List(),
	}
	if job.Audio.Channels > 0 {
		info.AudioChannels = dto.Ptr(job.Audio.Channels)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ofLocked(c).plan = info
}

// removeLocked forgets a session and cuts its sockets.
func (s *sessions) removeLocked(one *session) {
	for sock := range one.sockets {
		sock.cancel()
	}
	delete(s.byID, one.id)
}

func (s *sessions) playing(c *call, card *library.Card, r dto.PlayReport) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.ofLocked(c)
	one.playing, one.checkIn, one.playlist = card, time.Now(), r.PlaylistItemID
	one.queue = r.Queue[:min(len(r.Queue), maxQueue)]
	st := &one.state
	if r.PositionTicks != nil {
		st.PositionTicks = dto.Ptr(int64(*r.PositionTicks))
	}
	st.CanSeek, st.IsPaused, st.IsMuted, st.MediaSourceID = r.CanSeek, r.IsPaused, r.IsMuted, r.MediaSourceID
	st.AudioIndex, st.SubtitleIndex, st.VolumeLevel = intOf(r.AudioIndex), intOf(r.SubtitleIndex), intOf(r.VolumeLevel)
	st.PlayMethod = r.PlayMethod
	if r.RepeatMode != "" {
		st.RepeatMode = r.RepeatMode
	}
	if r.PlaybackOrder != "" {
		st.PlaybackOrder = r.PlaybackOrder
	}
}

func (s *sessions) stopped(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ofLocked(c).stopLocked()
}

func (one *session) stopLocked() {
	one.playing, one.queue, one.plan, one.playlist = nil, nil, nil, ""
	one.state = dto.PlayState{RepeatMode: "RepeatNone", PlaybackOrder: "Default"}
}

func (s *sessions) sweep(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, one := range s.byID {
		if one.playing != nil && now.Sub(one.checkIn) > playingLife {
			one.stopLocked()
		}
		if now.Sub(one.seen) > sessionLife && len(one.sockets) == 0 {
			delete(s.byID, id)
		}
	}
}

// drop forgets the sessions of a token and closes their sockets.
func (s *sessions) drop(tokenHash string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.byID {
		if one.who.TokenHash == tokenHash {
			s.removeLocked(one)
		}
	}
}

func (s *sessions) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.byID {
		for sock := range one.sockets {
			sock.cancel()
		}
	}
}

// listSessions shows administrators everyone's sessions and others their own.
func (a *API) listSessions(c *call) error {
	a.sessions.of(c)
	out := a.sessionDTOs(c, func(one *session) bool {
		if d := c.q.str("deviceid"); d != "" && d != one.device.ID {
			return false
		}
		if within := c.q.integer("activewithinseconds", 0); within > 0 && time.Since(one.seen) > time.Duration(within)*time.Second {
			return false
		}
		return c.who.Admin() || one.who.User.ID == c.who.User.ID
	})
	return c.json(out)
}

func (a *API) sessionDTOs(c *call, keep func(*session) bool) []dto.Session {
	a.sessions.mu.Lock()
	defer a.sessions.mu.Unlock()
	out := []dto.Session{}
	for _, one := range a.sessions.byID {
		if keep(one) {
			out = append(out, a.sessionDTOLocked(c, one))
		}
	}
	return out
}

func (a *API) sessionDTO(c *call, one *session) dto.Session {
	a.sessions.mu.Lock()
	defer a.sessions.mu.Unlock()
	return a.sessionDTOLocked(c, one)
}

func (a *API) sessionDTOLocked(c *call, one *session) dto.Session {
	state := one.state
	d := dto.Session{
		PlayState: &state, AdditionalUsers: []struct{}{}, Capabilities: one.caps, RemoteEndPoint: one.addr,
		PlayableMediaTypes: some(one.caps.PlayableMediaTypes), ID: one.id, UserID: one.who.User.ID.String(), UserName: one.who.User.Name,
		Client: one.device.Client, DeviceID: one.device.ID, DeviceName: one.device.Name, ApplicationVersion: one.device.Version,
		LastActivityDate: dto.Time(one.seen), LastPlaybackCheckIn: dto.Time(one.checkIn), IsActive: time.Since(one.seen) < 10*time.Minute,
		SupportsMedia: one.caps.SupportsMedia, SupportsRemote: one.caps.SupportsMedia && len(one.sockets) > 0,
		NowPlayingQueue: some(one.queue), PlaylistItemID: one.playlist, ServerID: a.Store.ServerID(),
		SupportedCommands: some(one.caps.SupportedCommands), TranscodingInfo: one.plan,
	}
	d.Capabilities.PlayableMediaTypes, d.Capabilities.SupportedCommands = some(one.caps.PlayableMediaTypes), some(one.caps.SupportedCommands)
	d.Capabilities.DeviceProfile = nil
	if one.playing != nil {
		w := want{fields: dto.ParseFields([]string{"Overview", "Genres", "PrimaryImageAspectRatio"}), images: true}
		if body, err := c.appendItems(nil, []*library.Card{one.playing}, w); err == nil {
			d.NowPlayingItem = body[1 : len(body)-1]
		}
	}
	return d
}

func (a *API) capabilities(c *call) error {
	caps := dto.Capabilities{
		PlayableMediaTypes: c.q.list("playablemediatypes"), SupportedCommands: c.q.list("supportedcommands"),
		SupportsMedia: c.q.flag("supportsmediacontrol", false), SupportsPersistent: c.q.flag("supportspersistentidentifier", true),
	}
	return a.setCapabilities(c, caps)
}

func (a *API) capabilitiesFull(c *call) error {
	var caps dto.Capabilities
	if err := c.body(&caps); err != nil {
		return err
	}
	return a.setCapabilities(c, caps)
}

func (a *API) setCapabilities(c *call, caps dto.Capabilities) error {
	if len(caps.DeviceProfile) > maxProfile || len(caps.SupportedCommands) > maxQueue || len(caps.PlayableMediaTypes) > maxQueue {
		return badRequest("The capabilities are larger than the server keeps for one app.")
	}
	one := a.sessions.of(c)
	a.sessions.mu.Lock()
	one.caps = caps
	a.sessions.mu.Unlock()
	return c.done()
}

// viewing is told what a person looks at; nobody is shown it.
func (a *API) viewing(c *call) error {
	a.sessions.of(c)
	return c.done()
}

func intOf(n *dto.Int) *int {
	if n == nil {
		return nil
	}
	i := int(*n)
	return &i
}
