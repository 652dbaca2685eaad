package jellyfin

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"sett/node/jellyfin/dto"
	"sett/node/library"
)

// Keep-alive as clients expect it: they are told how long the server waits and
// answer within half of that.
const (
	socketTimeout = 60 * time.Second
	socketRemind  = 45 * time.Second
	socketQueue   = 64       // messages a slow client may lag behind
	socketInput   = 64 << 10 // bytes of one message from a client
)

// socket is one open websocket. Its goroutines end with ctx.
type socket struct {
	cancel context.CancelFunc
	out    chan []byte

	mu     sync.Mutex
	subs   map[string]context.CancelFunc // subscriptions by message type
	wg     sync.WaitGroup
	closed bool
}

type socketMessage struct {
	MessageType string
	MessageID   string `json:"MessageId,omitempty"`
	Data        any    `json:",omitempty"`
}

// socket serves /socket until the client leaves, falls silent or the node stops.
func (a *API) socket(c *call) error {
	if !strings.EqualFold(c.Request().Header.Get("Upgrade"), "websocket") {
		return c.String(http.StatusUpgradeRequired, "This address speaks websocket only.")
	}
	conn, err := websocket.Accept(c.Response().Writer, c.Request(), &websocket.AcceptOptions{InsecureSkipVerify: true}) // the token is the proof, not the page's origin
	if err != nil {
		return nil // Accept has answered
	}
	conn.SetReadLimit(socketInput)
	ctx, cancel := context.WithCancel(a.ctx)
	defer cancel()
	sock := &socket{cancel: cancel, out: make(chan []byte, socketQueue), subs: map[string]context.CancelFunc{}}
	one := a.sessions.attach(c, sock)
	defer a.sessions.detach(one, sock)
	sock.send("ForceKeepAlive", int(socketTimeout/time.Second))

	heard := make(chan struct{}, 1)
	var wg sync.WaitGroup
	wg.Go(func() { defer cancel(); a.readSocket(ctx, c, conn, sock, heard) })
	a.writeSocket(ctx, conn, sock, heard)
	cancel()
	_ = conn.CloseNow()
	wg.Wait()
	sock.close()
	return nil
}

func (a *API) writeSocket(ctx context.Context, conn *websocket.Conn, sock *socket, heard <-chan struct{}) {
	last, reminded := time.Now(), false
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			_ = conn.Close(websocket.StatusGoingAway, "")
			return
		case <-heard:
			last, reminded = time.Now(), false
		case <-tick.C:
			silent := time.Since(last)
			if silent > socketTimeout {
				_ = conn.Close(websocket.StatusPolicyViolation, "silent")
				return
			}
			if silent > socketRemind && !reminded {
				reminded = true
				sock.send("ForceKeepAlive", int(socketTimeout/time.Second))
			}
		case msg := <-sock.out:
			wctx, done := context.WithTimeout(ctx, 10*time.Second)
			err := conn.Write(wctx, websocket.MessageText, msg)
			done()
			if err != nil {
				return
			}
		}
	}
}

func (a *API) readSocket(ctx context.Context, c *call, conn *websocket.Conn, sock *socket, heard chan<- struct{}) {
	for {
		kind, b, err := conn.Read(ctx)
		if err != nil {
			return
		}
		select {
		case heard <- struct{}{}:
		default:
		}
		var in struct {
			MessageType string
			Data        json.RawMessage
		}
		if kind != websocket.MessageText || json.Unmarshal(b, &in) != nil {
			continue
		}
		a.socketMessage(ctx, c, sock, in.MessageType, in.Data)
	}
}

func (a *API) socketMessage(ctx context.Context, c *call, sock *socket, kind string, data json.RawMessage) {
	switch kind {
	case "KeepAlive":
		sock.send("KeepAlive", nil)
	case "SessionsStart":
		sock.subscribe(ctx, "Sessions", data, func() any { return a.sessionsFor(c) })
	case "SessionsStop":
		sock.unsubscribe("Sessions")
	case "ScheduledTasksInfoStart":
		if !c.who.Admin() {
			return
		}
		sock.subscribe(ctx, "ScheduledTasksInfo", data, func() any { return a.taskList() })
	case "ScheduledTasksInfoStop":
		sock.unsubscribe("ScheduledTasksInfo")
	case "ActivityLogEntryStart":
		if c.who.Admin() {
			sock.subscribe(ctx, "ActivityLogEntry", data, func() any { return []struct{}{} })
		}
	case "ActivityLogEntryStop":
		sock.unsubscribe("ActivityLogEntry")
	}
}

func (a *API) sessionsFor(c *call) []dto.Session {
	fresh := *c
	fresh.view = a.Store.View()
	return a.sessionDTOs(&fresh, func(one *session) bool { return c.who.Admin() || one.who.User.ID == c.who.User.ID })
}

// send queues a message; a client that does not keep up loses its socket and
// connects again.
func (s *socket) send(kind string, data any) {
	msg := dto.Marshal(socketMessage{kind, newMessageID(), data})
	select {
	case s.out <- msg:
	default:
		s.cancel()
	}
}

// subscribe sends make()'s result after "initialDelayMs" and then every "intervalMs".
func (s *socket) subscribe(ctx context.Context, kind string, data json.RawMessage, make func() any) {
	var spec string
	_ = json.Unmarshal(data, &spec)
	first, every, _ := strings.Cut(spec, ",")
	delay, _ := strconv.Atoi(strings.TrimSpace(first))
	interval, _ := strconv.Atoi(strings.TrimSpace(every))
	interval = min(max(interval, 500), 60_000)

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.subs[kind] != nil {
		return
	}
	ctx, s.subs[kind] = context.WithCancel(ctx)
	s.wg.Go(func() {
		start := time.NewTimer(time.Duration(min(max(delay, 0), 60_000)) * time.Millisecond)
		defer start.Stop()
		tick := time.NewTicker(time.Duration(interval) * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-start.C:
			case <-tick.C:
			}
			s.send(kind, make())
		}
	})
}

func (s *socket) unsubscribe(kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stop := s.subs[kind]; stop != nil {
		stop()
		delete(s.subs, kind)
	}
}

// close ends every subscription and returns when none runs any more.
func (s *socket) close() {
	s.mu.Lock()
	s.closed = true
	for _, stop := range s.subs {
		stop()
	}
	s.mu.Unlock()
	s.wg.Wait()
}

func (s *sessions) attach(c *call, sock *socket) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.ofLocked(c)
	one.sockets[sock] = true
	return one
}

func (s *sessions) detach(one *session, sock *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(one.sockets, sock)
}

// userDataChanged tells a person's open apps what they did with an item elsewhere.
func (s *sessions) userDataChanged(a *API, user library.ID, card *library.Card) {
	view := a.Store.View()
	v := a.viewerFor(user)
	list := []dto.UserData{userData(view, card, v)}
	for _, id := range [...]library.ID{card.Season, card.Series, card.Album} {
		if parent, ok := view.Card(id); ok {
			list = append(list, userData(view, parent, v))
		}
	}
	data := map[string]any{"UserId": user.String(), "UserDataList": list}
	s.broadcast("UserDataChanged", func(one *session) (any, bool) { return data, one.who.User.ID == user })
}

func (a *API) libraryChanged(c library.ChangeSet) {
	none := []string{}
	view := a.Store.View()
	a.sessions.broadcast("LibraryChanged", func(one *session) (any, bool) {
		v := library.Viewer{}
		if !one.who.User.ID.IsZero() {
			v = a.viewerFor(one.who.User.ID)
		}
		ids := func(l []*library.Card) []string {
			out := []string{}
			for _, card := range l {
				if len(out) < 100 && view.Sees(v, card) { // clients reload anyway; an endless list helps nobody
					out = append(out, card.ID.String())
				}
			}
			return out
		}
		return map[string]any{
			"FoldersAddedTo": none, "FoldersRemovedFrom": none, "ItemsAdded": ids(c.Added), "ItemsRemoved": ids(c.Removed),
			"ItemsUpdated": ids(c.Updated), "CollectionFolders": none, "IsEmpty": c.Empty(),
		}, true
	})
}

// broadcast sends to every open socket what its session is to hear.
func (s *sessions) broadcast(kind string, what func(*session) (any, bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.byID {
		if len(one.sockets) == 0 {
			continue
		}
		if data, ok := what(one); ok {
			for sock := range one.sockets {
				sock.send(kind, data)
			}
		}
	}
}

func newMessageID() string { return randomID().String() }
