package jellyfin

import (
	"encoding/json"

	"sett/node/jellyfin/dto"
	"sett/node/library"
	"sett/streaming/decide"
)

var playbackRoutes = []Route{
	{Method: "GET", Path: "/Items/:itemId/PlaybackInfo", Access: User, Do: (*API).playbackInfo},
	{Method: "POST", Path: "/Items/:itemId/PlaybackInfo", Access: User, Do: (*API).playbackInfo},
	{Method: "POST", Path: "/LiveStreams/Close", Access: User, Do: (*API).closeLiveStream},
}

// playbackRequest is a PlaybackInfoDto. The same names may come in the query, and
// count before the body's.
type playbackRequest struct {
	UserID              dto.ID `json:"UserId"`
	MaxStreamingBitrate *dto.Int
	StartTimeTicks      *dto.Int
	AudioStreamIndex    *dto.Int
	SubtitleStreamIndex *dto.Int
	MaxAudioChannels    *dto.Int
	MediaSourceID       string `json:"MediaSourceId"`
	DeviceProfile       json.RawMessage
	EnableDirectPlay    *bool
	EnableDirectStream  *bool
	EnableTranscoding   *bool
	AllowVideoCopy      *bool `json:"AllowVideoStreamCopy"`
	AllowAudioCopy      *bool `json:"AllowAudioStreamCopy"`
	AlwaysBurnIn        *bool `json:"AlwaysBurnInSubtitleWhenTranscoding"`
}

func (c *call) playbackRequest() (playbackRequest, error) {
	var r playbackRequest
	if c.Request().Method != "GET" {
		if err := c.body(&r); err != nil {
			return r, err
		}
	}
	for name, to := range map[string]**dto.Int{
		"maxstreamingbitrate": &r.MaxStreamingBitrate, "starttimeticks": &r.StartTimeTicks, "audiostreamindex": &r.AudioStreamIndex,
		"subtitlestreamindex": &r.SubtitleStreamIndex, "maxaudiochannels": &r.MaxAudioChannels,
	} {
		if n, ok := c.q.number(name); ok {
			*to = dto.Ptr(dto.Int(n))
		}
	}
	for name, to := range map[string]**bool{
		"enabledirectplay": &r.EnableDirectPlay, "enabledirectstream": &r.EnableDirectStream, "enabletranscoding": &r.EnableTranscoding,
		"allowvideostreamcopy": &r.AllowVideoCopy, "allowaudiostreamcopy": &r.AllowAudioCopy,
		"alwaysburninsubtitlewhentranscoding": &r.AlwaysBurnIn,
	} {
		if b := c.q.flagPtr(name); b != nil {
			*to = b
		}
	}
	if s := c.q.str("mediasourceid"); s != "" {
		r.MediaSourceID = s
	}
	return r, nil
}

// device is the profile to decide for: the request's, else the one the app
// announced, else none.
func (a *API) profile(c *call, r playbackRequest) (*decide.Device, error) {
	raw := r.DeviceProfile
	if len(raw) == 0 || string(raw) == "null" {
		one := a.sessions.of(c)
		a.sessions.mu.Lock()
		raw = one.caps.DeviceProfile
		a.sessions.mu.Unlock()
	}
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var d decide.Device
	if err := json.Unmarshal(raw, &d); err != nil {
		return nil, badRequest("The device profile cannot be read: %v.", err)
	}
	return &d, nil
}

func (a *API) playbackInfo(c *call) error {
	r, err := c.playbackRequest()
	if err != nil {
		return err
	}
	id, err := c.itemID("itemId")
	if err != nil {
		return err
	}
	item, err := c.open(id)
	if err != nil {
		return err
	}
	dev, err := a.profile(c, r)
	if err != nil {
		return err
	}
	play := newPlaySession()
	answer := struct {
		MediaSources  []dto.MediaSource
		PlaySessionID string `json:"PlaySessionId"`
		ErrorCode     string `json:",omitempty"`
	}{MediaSources: []dto.MediaSource{}, PlaySessionID: play}

	wanted, _ := library.ParseID(r.MediaSourceID)
	for i := range item.Sources {
		src := &item.Sources[i]
		if !wanted.IsZero() && src.ID != wanted {
			continue
		}
		answer.MediaSources = append(answer.MediaSources, a.playable(c, item, src, dev, r, play))
	}
	if len(answer.MediaSources) == 0 || item.Sources[0].Problem != "" && len(item.Sources) == 1 {
		answer.ErrorCode = "NoCompatibleStream"
	}
	c.grant(id)
	return c.json(answer)
}

// playable is one source as the device gets to play it.
func (a *API) playable(c *call, item *library.Item, src *library.Source, dev *decide.Device, r playbackRequest, play string) dto.MediaSource {
	m := dto.NewMediaSource(src)
	m.HasSegments = src.ID == item.ID && a.Previews.HasSegments(item.ID)
	if dev == nil {
		return m
	}
	sel := a.selection(c, item, src, r)
	lim := a.Limits(c.at, c.who.User)
	plan := decide.Decide(*src, *dev, sel, lim)
	direct := plan.Method == decide.DirectPlay
	m.SupportsDirectPlay, m.SupportsDirectStream = direct, direct
	m.SupportsTranscoding = !sel.NoTranscoding
	if plan.AudioIndex >= 0 {
		m.DefaultAudioStreamIndex = dto.Ptr(plan.AudioIndex)
	}
	m.DefaultSubtitleIndex = dto.Ptr(plan.SubtitleIndex)
	if !direct && plan.Method != decide.None && m.SupportsTranscoding {
		m.TranscodingURL = transcodingURL(c, item, src, plan, lim, play)
		m.TranscodingSubProtocol, m.TranscodingContainer = string(plan.Protocol), plan.Container
	}
	a.deliverSubtitles(c, item, src, &m, *dev, lim, plan)
	return m
}

// selection joins what the request asks with what the person set.
func (a *API) selection(c *call, item *library.Item, src *library.Source, r playbackRequest) decide.Selection {
	sel := decide.Selection{
		Audio: intOf(r.AudioStreamIndex), Subtitle: intOf(r.SubtitleStreamIndex), Media: decide.VideoItem,
		NoDirectPlay: isFalse(r.EnableDirectPlay), NoDirectStream: isFalse(r.EnableDirectStream), NoTranscoding: isFalse(r.EnableTranscoding),
		NoVideoCopy: isFalse(r.AllowVideoCopy), NoAudioCopy: isFalse(r.AllowAudioCopy),
		AlwaysBurnIn: r.AlwaysBurnIn != nil && *r.AlwaysBurnIn,
	}
	if item.Kind.Media() == library.MediaAudio {
		sel.Media = decide.AudioItem
	}
	if r.MaxStreamingBitrate != nil {
		sel.MaxBitrate = int64(*r.MaxStreamingBitrate)
	}
	if r.StartTimeTicks != nil {
		sel.StartTicks = library.Ticks(*r.StartTimeTicks)
	}
	if r.MaxAudioChannels != nil {
		sel.MaxChannels = int(*r.MaxAudioChannels)
	}
	a.preferTracks(c, item, src, &sel)
	return sel
}

func isFalse(b *bool) bool { return b != nil && !*b }

func (a *API) deliverSubtitles(c *call, item *library.Item, src *library.Source, m *dto.MediaSource, dev decide.Device, lim decide.Limits, plan decide.Plan) {
	for i := range m.MediaStreams {
		s := src.Streams[i]
		if s.Kind != library.StreamSubtitle {
			continue
		}
		how, format := decide.DeliverSubtitle(*src, s, dev, lim, plan)
		d := &m.MediaStreams[i]
		d.DeliveryMethod = string(how)
		if how == decide.DeliverExternal {
			d.DeliveryURL = subtitleURL(c, item, src, s.Index, format)
			d.IsExternalURL = dto.Ptr(false)
		}
	}
}

// closeLiveStream answers clients that close what they never had to open.
func (a *API) closeLiveStream(c *call) error { return c.done() }

// newPlaySession names one viewing, so that its conversion can be found again.
func newPlaySession() string { return randomID().String() }

// playKey is the conversion's id in the manager: nobody can name another device's.
func playKey(c *call, play string) string {
	return library.NewID("play", c.who.TokenHash, play).String()
}
