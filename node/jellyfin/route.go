package jellyfin

import (
	"net/http"
	"slices"
)

// Access says who may call a route. The zero value refuses everyone, so a route
// whose author forgot the field is dead, not open.
type Access uint8

const (
	Closed  Access = iota
	Public         // anyone who can reach the node, before sign-in
	Granted        // signed in, or the address was handed this very item (streams, images, subtitles)
	User           // signed in
	Admin          // signed in as an administrator
)

var accessNames = [...]string{"closed", "public", "granted", "user", "admin"}

func (a Access) String() string { return accessNames[a] }

// Route is one operation. Path parameters are written :name, at the start of a
// segment or after a fixed prefix in it ("stream.:container"). Also lists legacy
// spellings of Path that mean the same.
type Route struct {
	Method string
	Path   string
	Access Access
	Do     func(*API, *call) error
	Also   []string
}

// Paths returns every spelling of the route.
func (r Route) Paths() []string { return append([]string{r.Path}, r.Also...) }

// Routes is the whole table.
func Routes() []Route {
	return slices.Concat(
		systemRoutes, signInRoutes, userRoutes, viewRoutes, itemRoutes, browseRoutes, showRoutes, imageRoutes,
		playbackRoutes, streamRoutes, hlsRoutes, subtitleRoutes, playStateRoutes, sessionRoutes, preferenceRoutes,
		playlistRoutes, playlistUserRoutes, collectionRoutes, policyRoutes, avatarRoutes, editRoutes, editImageRoutes,
		moreListRoutes, deleteRoutes, trickplayRoutes, segmentRoutes, taskRoutes, localizationRoutes, settRoutes,
		identifyRoutes, remoteImageRoutes,
	)
}

// methodsOf returns the HTTP methods a route answers: whatever answers GET answers
// HEAD too.
func methodsOf(r Route) []string {
	if r.Method == http.MethodGet {
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{r.Method}
}
