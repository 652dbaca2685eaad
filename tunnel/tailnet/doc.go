// Package tailnet is the tailnet road into the node: one tsnet node, which is a
// whole Tailscale device inside this process, with its own TCP/IP stack. Its
// sockets are not the machine's: what is opened here is reachable over the
// tailnet only, and nothing else of the machine is reachable over it.
//
// It is the only package that imports tailscale.com (tests and tunnel/doctor
// apart). It knows nothing of HTTP, of people's rights or of the home network.
//
// # What it never does
//
//   - It accepts no routes of other devices, so an address seen on a listener is
//     always a device of the tailnet itself.
//   - It opens no Funnel and clears a serve configuration found in its state, so
//     nothing is ever reachable from the public internet through it.
//   - It answers WhoIs for tailnet addresses of other devices only.
//
// # Settings that count for the whole process
//
// The library keeps two switches in the environment of the process. Both can be
// turned on by the first Open and are never turned off again:
// TS_NO_LOGS_NO_SUPPORT (unless Config.LogUpload) and TS_DISABLE_PORTMAPPER
// (with Config.NoPortMapping). The library also falls back on TS_AUTHKEY and
// TS_CONTROL_URL when the fields of Config are empty.
//
// The library keeps a log of its own in the state folder (tailscaled.log*.txt,
// readable by the owner only), also when nothing is uploaded. It may hold login
// links, so the whole folder stays out of backups and support bundles.
//
// # Memory
//
// The packet buffers of the library grow with the traffic and have no limit of
// their own; half a gigabyte was measured under full load. Only the Go memory
// limit (GOMEMLIMIT, debug.SetMemoryLimit) holds them, and it belongs to whoever
// owns the process: 256 MiB costs about 6 % of the throughput, 128 MiB a quarter.
// What one connection may hold in the TCP stack can be set, and is: see buffers.go.
package tailnet
