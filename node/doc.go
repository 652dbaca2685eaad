// Package node is the composition root: it builds every part from the settings, in
// order, runs them, and takes them down in reverse. Only main imports it.
//
// What a part does lives in the part's own package; here is only what joins them.
// It is also the one place that sees both the home network (lan) and the tunnels.
package node
