package tailnet

import (
	"errors"
	"fmt"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"tailscale.com/tsnet"
)

// What one connection may hold in the TCP stack. The library allows 6 MiB to be
// sent and 8 MiB received. This node sends films and receives requests: 4 MiB is
// what a Linux host allows a sender and fills 500 Mbit/s at 66 ms; 1 MiB of
// receive window is still 120 Mbit/s of upload there, and an eighth of what a peer
// could otherwise make us hold per connection.
const (
	maxSend    = 4 << 20
	maxReceive = 1 << 20
)

// timeWait is how long the end of a connection is remembered; the stack's own
// 60 s let a client with many short requests pile up thousands of them. Packets
// that come late do not come twice: the tunnel drops replays.
const timeWait = 2 * time.Second

// boundBuffers sets the values above. It must run before the first connection.
func boundBuffers(srv *tsnet.Server) error {
	stack, ok := srv.Sys().Netstack.Get().(interface {
		SetTransportProtocolOption(tcpip.TransportProtocolNumber, tcpip.SettableTransportProtocolOption) tcpip.Error
	})
	if !ok {
		return errors.New("the TCP stack of the tailnet library takes no options")
	}
	send := tcpip.TCPSendBufferSizeRangeOption{Min: tcp.MinBufferSize, Default: tcp.DefaultSendBufferSize, Max: maxSend}
	if err := stack.SetTransportProtocolOption(tcp.ProtocolNumber, &send); err != nil {
		return fmt.Errorf("limit the send buffer: %s", err)
	}
	recv := tcpip.TCPReceiveBufferSizeRangeOption{Min: tcp.MinBufferSize, Default: tcp.DefaultReceiveBufferSize, Max: maxReceive}
	if err := stack.SetTransportProtocolOption(tcp.ProtocolNumber, &recv); err != nil {
		return fmt.Errorf("limit the receive buffer: %s", err)
	}
	wait := tcpip.TCPTimeWaitTimeoutOption(timeWait)
	if err := stack.SetTransportProtocolOption(tcp.ProtocolNumber, &wait); err != nil {
		return fmt.Errorf("limit the memory of closed connections: %s", err)
	}
	return nil
}
