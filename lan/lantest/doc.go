// Package lantest makes small networks out of Linux network namespaces for tests:
// homes, strangers, routers and VPN links with real sockets.
//
// The namespaces have no names and no processes of their own: they live as long as
// the test's file descriptors, so that nothing is left behind even by a crash. It
// is for tests only and knows nothing of the code under test.
package lantest
