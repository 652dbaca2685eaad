// Package lan knows which network interfaces are the home network, decides
// whether a connection really comes from it, and opens the TCP listeners that
// only the home network and the machine itself can use.
//
//   - [Network] is the present picture of the interfaces, followed live.
//   - [State.OnLink] is the check every accepted connection passes: the address
//     dialled belongs to a LAN interface and the caller is inside that
//     interface's own prefix, is link-local on it, or is in a configured subnet.
//     An address range on its own proves nothing: 100.64.0.0/10 is a tailnet or a
//     provider's NAT, fd7a:115c:a1e0::/48 is inside the range of home addresses.
//   - [Door] is one port on every such address, plus loopback.
//
// In a container on a bridge the only interface (eth0, 172.17.x.x) is the home
// network as far as the program can see: it is served, and [State.Bridged] says
// so. Callers whose own address survives the port mapping are off-link there and
// need host networking or a configured subnet.
//
// One protocol each lives in the packages below (discovery, …). Nothing here or
// below may know of tunnels, HTTP handlers or the library.
package lan
