// Package tunneltest is what the tests of tunnels share: one suite that every
// tunnel passes (Conformance), and a whole tailnet in this process (Lab), with
// control server, relay and further devices, so that nothing outside the machine
// is needed. It is imported by tests only.
package tunneltest
