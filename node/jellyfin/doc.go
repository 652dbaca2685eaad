// Package jellyfin speaks the Jellyfin HTTP API to unmodified clients: a table of
// routes, who may call each, and one handler for each, grouped by resource.
//
// A handler reads the request, asks the library's snapshot, and writes a shape of
// package dto. What may be played how is decided in streaming/decide; who may sign
// in, in node/account; where a request came from, in node/origin. No package of
// lan/ or tunnel/ may be imported here: the API sees an Origin, never a road.
package jellyfin
