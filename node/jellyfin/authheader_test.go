package jellyfin

import (
	"net/http"
	"strings"
	"testing"
)

func TestEveryClientsAuthorizationHeaderIsRead(t *testing.T) {
	full := clientAuth{Token: "t0k", Client: "App", Device: "My iPhone", DeviceID: "d-1", Version: "1.2"}
	for name, tc := range map[string]struct {
		header string
		want   clientAuth
	}{
		"quoted and percent-encoded (Kotlin SDK)": {`MediaBrowser Client="App", Version="1.2", DeviceId="d%2D1", Device="My%20iPhone", Token="t0k"`, full},
		"no quotes, any order (Swift SDK)":        {`MediaBrowser DeviceId=d-1, Device=My iPhone, Client=App, Version=1.2, Token=t0k`, full},
		"no quotes, encoded, user id (Kodi)":      {`MediaBrowser Client=App,Device=My%20iPhone,DeviceId=d-1,Version=1.2,UserId=9,Token=t0k`, full},
		"empty token before sign-in (TS SDK)":     {`MediaBrowser Client="App", Device="My%20iPhone", DeviceId="d-1", Version="1.2", Token=""`, clientAuth{Client: "App", Device: "My iPhone", DeviceID: "d-1", Version: "1.2"}},
		"token twice, the first empty (Python)":   {`MediaBrowser Token="", Client="App", Device="My iPhone", DeviceId="d-1", Version="1.2", Token="t0k"`, full},
		"legacy scheme and odd case":              {`emby client="App",device="My iPhone",deviceid="d-1",version="1.2",token="t0k"`, full},
		"comma inside quotes":                     {`MediaBrowser Device="Living, room", Token="x"`, clientAuth{Device: "Living, room", Token: "x"}},
		"escaped quote":                           {`MediaBrowser Device="The \"big\" one", Token="x"`, clientAuth{Device: `The "big" one`, Token: "x"}},
		"plus is no space":                        {`MediaBrowser Device="a+b%2Bc", Token="x"`, clientAuth{Device: "a+b+c", Token: "x"}},
		"another scheme":                          {`Basic dXNlcjpwYXNz`, clientAuth{}},
		"too long":                                {`MediaBrowser Token="` + strings.Repeat("x", 5000) + `"`, clientAuth{}},
	} {
		if got := readAuth(http.Header{"Authorization": {tc.header}}, params{}); got != tc.want {
			t.Errorf("%s: got %+v, want %+v", name, got, tc.want)
		}
	}
}

func TestLegacyTokensAreFoundWhereverClientsPutThem(t *testing.T) {
	for name, tc := range map[string]struct {
		h http.Header
		q string
	}{
		"X-Emby-Token":         {http.Header{"X-Emby-Token": {"t"}}, ""},
		"X-MediaBrowser-Token": {http.Header{"X-Mediabrowser-Token": {"t"}}, ""},
		"X-Emby-Authorization": {http.Header{"X-Emby-Authorization": {`MediaBrowser Token="t"`}}, ""},
		"ApiKey":               {nil, "ApiKey=t"},
		"api_key":              {nil, "api_key=t"},
		"apiKey":               {nil, "apiKey=t"},
	} {
		if got := readAuth(tc.h, readParams(tc.q)).Token; got != "t" {
			t.Errorf("%s: token %q", name, got)
		}
	}
}

func FuzzAuthorizationHeader(f *testing.F) {
	f.Add(`MediaBrowser Client="A", Token="b"`)
	f.Add(`Emby a=b,,="`)
	f.Add(`MediaBrowser "\`)
	f.Fuzz(func(t *testing.T, header string) {
		a := readAuth(http.Header{"Authorization": {header}}, params{})
		if len(a.Token)+len(a.Client)+len(a.Device)+len(a.DeviceID)+len(a.Version) > len(header) {
			t.Fatalf("more came out of %q than went in: %+v", header, a)
		}
	})
}
