// Package fetch asks providers of facts over HTTPS, politely and suspiciously.
//
// Politely: one request at a time and no more than the provider allows, a budget a day,
// Retry-After honoured, failures answered by longer and longer waits, answers kept on
// disk and asked for again with their ETag.
//
// Suspiciously: TLS only, host names from a fixed list only (redirects too), addresses
// checked after the name is resolved so that no answer of a name server leads into the
// home network, sizes and times bounded, pictures believed by their bytes and not by
// their labels. Keys are in no error, log line or cache file.
//
// What is asked and what the answer means belongs to the providers' packages.
package fetch
