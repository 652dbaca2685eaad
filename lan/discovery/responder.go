package discovery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"golang.org/x/net/ipv4"

	"sett/lan"
)

// Port is where clients ask.
const Port = 7359

// Config describes a Responder.
type Config struct {
	Network *lan.Network
	// Describe says what to answer an asker that reached us at local; false: stay
	// silent. It is called from one goroutine and should not block: clients wait
	// half a second. Both addresses are plain IPv4.
	Describe func(asker, local netip.Addr) (Answer, bool)
	Port     uint16 // 0: Port; another one is for tests
	Log      *slog.Logger
}

// Responder answers discovery questions.
type Responder struct {
	cfg      Config
	refused  *lan.Refusals
	answered atomic.Uint64
	limited  atomic.Uint64
	ignored  atomic.Uint64
	failed   atomic.Uint64
}

// Stats are counts since New.
type Stats struct {
	Answered uint64 // answers sent
	Limited  uint64 // questions over the rate
	Ignored  uint64 // datagrams that were no question, or that Describe left unanswered
	Failed   uint64 // answers that could not be made or sent
}

// New returns a Responder; nothing is bound before Run.
func New(cfg Config) *Responder {
	if cfg.Port == 0 {
		cfg.Port = Port
	}
	return &Responder{cfg: cfg, refused: lan.NewRefusals("discovery", cfg.Log)}
}

// Stats returns the counts. Questions from strangers are in Refused.
func (r *Responder) Stats() Stats {
	return Stats{r.answered.Load(), r.limited.Load(), r.ignored.Load(), r.failed.Load()}
}

// Refused counts the questions from outside the home network.
func (r *Responder) Refused() *lan.Refusals { return r.refused }

// Run answers until ctx ends. A port that is taken and a socket that breaks are
// errors: run it again after a while.
func (r *Responder) Run(ctx context.Context) error {
	lc := net.ListenConfig{Control: shareAddress}
	at := netip.AddrPortFrom(netip.IPv4Unspecified(), r.cfg.Port)
	pc, err := lc.ListenPacket(ctx, "udp4", at.String())
	if err != nil {
		return lan.BindError("udp", at, "", err)
	}
	defer pc.Close()
	defer context.AfterFunc(ctx, func() { pc.Close() })()
	conn := ipv4.NewPacketConn(pc)
	// Where the system has no control messages, question.arrived is nil.
	if err := conn.SetControlMessage(ipv4.FlagInterface|ipv4.FlagDst, true); err != nil {
		r.cfg.Log.Info("the system does not tell interfaces, judging by source alone", "err", err)
	}
	r.cfg.Log.Info("discovery answers", "port", r.cfg.Port)
	err = r.serve(conn)
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("reading discovery questions: %w", err)
}

// serve reads until the socket breaks or is closed.
func (r *Responder) serve(conn *ipv4.PacketConn) error {
	buf := make([]byte, maxMessage+1) // one more: longer datagrams show
	limits := newLimiter()
	for {
		n, arrived, from, err := conn.ReadFrom(buf)
		if err != nil {
			if transient(err) {
				continue
			}
			return err
		}
		if !isQuestion(buf[:n]) {
			r.ignored.Add(1)
			continue
		}
		source := from.(*net.UDPAddr).AddrPort()
		asker := netip.AddrPortFrom(source.Addr().Unmap(), source.Port())
		local, reply := r.route(arrived, asker)
		if !local.IsValid() {
			continue
		}
		if !limits.allow(asker.Addr(), time.Now()) {
			r.limited.Add(1)
			continue
		}
		r.answer(conn, asker, local, reply)
	}
}

// route decides which of our addresses answers and by which interface; an invalid
// address is a refusal, already counted.
func (r *Responder) route(arrived *ipv4.ControlMessage, asker netip.AddrPort) (netip.Addr, *ipv4.ControlMessage) {
	st := r.cfg.Network.State()
	source := asker.Addr()
	if arrived == nil {
		local, ok := st.AddressFor(source)
		if !ok || asker.Port() == 0 {
			r.refused.Add(source, netip.AddrPort{}, lan.WhyOffLink)
			return netip.Addr{}, nil
		}
		return local, nil
	}
	dst, _ := netip.AddrFromSlice(arrived.Dst)
	local, why := judge(st, arrived.IfIndex, dst.Unmap(), source)
	if why == "" && asker.Port() == 0 {
		why = lan.WhyInvalid
	}
	if why != "" {
		r.refused.Add(source, netip.AddrPortFrom(dst.Unmap(), r.cfg.Port), why)
		return netip.Addr{}, nil
	}
	reply := &ipv4.ControlMessage{Src: local.AsSlice()}
	if !local.IsLoopback() {
		reply.IfIndex = arrived.IfIndex
	}
	return local, reply
}

// judge is the rule of the package comment for a question that came in on the
// interface index, sent to dst by source. It returns our address to answer from,
// or one of lan's Why constants.
func judge(st *lan.State, index int, dst, source netip.Addr) (local netip.Addr, why string) {
	in := st.Interface(index)
	switch {
	case in == nil:
		return local, lan.WhyNotLAN
	case in.Kind == lan.Loopback:
		return judgeOwn(st, dst, source)
	case !in.LAN:
		return local, lan.WhyNotLAN
	}
	own, ok := st.AddressOn(index, source)
	if !ok {
		// Ask again for the reason, at any address of the interface.
		return local, whyNot(st, in, source)
	}
	if !in.Has(dst) {
		if st.Holds(dst) {
			return local, lan.WhyOtherLink // sent to another interface of ours
		}
		return own, "" // a broadcast
	}
	return dst, ""
}

// judgeOwn answers this machine: over loopback, or to one of its LAN addresses.
func judgeOwn(st *lan.State, dst, source netip.Addr) (netip.Addr, string) {
	if source.IsLoopback() {
		if dst.IsLoopback() && !isLoopbackBroadcast(dst) {
			return dst, ""
		}
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), ""
	}
	if ok, why := st.OnLink(dst, source); !ok {
		return netip.Addr{}, why
	}
	return dst, ""
}

func isLoopbackBroadcast(a netip.Addr) bool { return a == netip.AddrFrom4([4]byte{127, 255, 255, 255}) }

func whyNot(st *lan.State, in *lan.Interface, source netip.Addr) string {
	for _, a := range in.Addrs {
		if ok, why := st.OnLink(a.Addr(), source); !ok {
			return why
		}
	}
	return lan.WhyOffLink
}

func (r *Responder) answer(conn *ipv4.PacketConn, asker netip.AddrPort, local netip.Addr, reply *ipv4.ControlMessage) {
	a, ok := r.cfg.Describe(asker.Addr(), local)
	if !ok {
		r.ignored.Add(1)
		return
	}
	msg, err := a.encode()
	if err == nil {
		_, err = conn.WriteTo(msg, reply, net.UDPAddrFromAddrPort(asker))
	}
	if err != nil {
		if r.failed.Add(1) == 1 {
			r.cfg.Log.Warn("a discovery answer could not be sent", "to", asker, "err", err)
		}
		return
	}
	r.answered.Add(1)
}

// transient are errors of one datagram, not of the socket: an earlier answer that
// met a closed port, a datagram longer than the buffer (Windows).
func transient(err error) bool {
	return !errors.Is(err, net.ErrClosed) && isDatagramError(err)
}
