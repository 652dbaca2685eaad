// Package discovery answers the question by which Jellyfin clients find a server
// on the home network. Only the home network and the machine itself get an answer.
//
// # The protocol as we speak it
//
// Transport: UDP over IPv4, port 7359. A client sends one datagram to
// 255.255.255.255, to the directed broadcast address of each of its networks, or
// to one address. There is no IPv6 form.
//
// Question: any datagram of at most 1,024 bytes that contains, without regard to
// case, "who is JellyfinServer?" or the spelling with a blank some clients use,
// "who is Jellyfin Server?". Bytes before and after do not matter. Everything
// else is ignored.
//
// Answer: one datagram to the asker's address and port, a JSON object of less
// than 1,024 bytes, within 100 ms:
//
//		{"Address":"http://192.168.1.10:8096","Id":"<32 hex>","Name":"Attic","EndpointAddress":null,"Port":8096}
//
//	  - Address is the URL for this asker: of the interface the question came in on,
//	    or the published one. The caller of this package decides.
//	  - Id is the same on every address, or clients show one server several times.
//	  - EndpointAddress stays null: Kodi's client would combine a value here with
//	    the port of Address.
//	  - Port is a number that Streamyfin joins with the source address of the answer
//	    instead of reading Address; so the answer must leave from the address that
//	    was asked, or from the interface's own when the question was a broadcast.
//	  - A name too long for the limit is cut at a character.
//
// # Who gets an answer
//
// The interface a question came in on (not a guess from its source) must be LAN,
// and the source on-link there, as in lan.State.OnLink: so nothing is said to a
// VPN, a container bridge, a router's other side, or a source address that is a
// broadcast. A question over loopback is answered too. Where the system does not
// tell the interface, the source must be inside a LAN interface's own prefix.
//
// Each source may ask 5 times a second, 10 at once; all together 2,000. Beyond
// that questions are dropped and counted.
//
// The socket allows others on the port (SO_REUSEADDR), since another server on
// the machine may do the same; one that does not allow it makes Run fail with a
// *lan.PortTakenError, and Run may be tried again.
package discovery
