package jellyfin

import (
	"crypto/rand"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"sett/node/jellyfin/dto"
	"sett/node/origin"
)

var systemRoutes = []Route{
	{Method: "GET", Path: "/System/Info/Public", Access: Public, Do: (*API).publicInfo},
	{Method: "GET", Path: "/System/Info", Access: User, Do: (*API).systemInfo},
	{Method: "GET", Path: "/System/Ping", Access: Public, Do: (*API).ping},
	{Method: "POST", Path: "/System/Ping", Access: Public, Do: (*API).ping},
	{Method: "GET", Path: "/System/Endpoint", Access: User, Do: (*API).endpoint},
	{Method: "GET", Path: "/GetUtcTime", Access: Public, Do: (*API).utcTime},
	{Method: "GET", Path: "/Branding/Configuration", Access: Public, Do: (*API).branding},
	{Method: "GET", Path: "/Branding/Css", Access: Public, Do: (*API).brandingCSS, Also: []string{"/Branding/Css.css"}},
	{Method: "GET", Path: "/Playback/BitrateTest", Access: User, Do: (*API).bitrateTest},
}

// productName is what clients insist on; they refuse a server with any other.
const productName = "Jellyfin Server"

func (a *API) info(at origin.Origin) dto.PublicSystemInfo {
	return dto.PublicSystemInfo{
		LocalAddress: a.LocalAddress(at), ServerName: a.ServerName, Version: a.Version, ProductName: productName,
		ID: a.Store.ServerID(), StartupWizardCompleted: !a.Accounts.SetupNeeded(),
	}
}

func (a *API) publicInfo(c *call) error { return c.json(a.info(c.at)) }

func (a *API) systemInfo(c *call) error {
	return c.json(dto.SystemInfo{
		PublicSystemInfo: a.info(c.at), OperatingSystemDisplayName: "", CompletedInstallations: []struct{}{},
		SupportsLibraryMonitor: true, WebSocketPortNumber: int(c.at.Local.Port()), CastReceiverApplications: []dto.CastReceiver{},
		EncoderLocation: "System", SystemArchitecture: runtime.GOARCH,
	})
}

func (a *API) ping(c *call) error { return c.json(productName) }

func (a *API) endpoint(c *call) error {
	in := c.at.Zone.AtHome()
	if p, err := c.at.Peer(); err == nil && p.Path != nil {
		in = in || p.Path().Kind == origin.PathLAN
	}
	return c.json(dto.Endpoint{IsLocal: c.at.Zone == origin.Local, IsInNetwork: in})
}

func (a *API) utcTime(c *call) error {
	now := time.Now()
	return c.json(struct{ RequestReceptionTime, ResponseTransmissionTime dto.Time }{dto.Time(now), dto.Time(time.Now())})
}

func (a *API) branding(c *call) error { return c.json(dto.Branding{}) }

func (a *API) brandingCSS(c *call) error {
	return c.Blob(http.StatusOK, "text/css; charset=utf-8", nil)
}

const maxBitrateTest = 100_000_000

// bitrateTest sends bytes that no compression on the way can shrink.
func (a *API) bitrateTest(c *call) error {
	size := c.q.integer("size", 102400)
	if size < 1 || size > maxBitrateTest {
		return badRequest("size must be between 1 and %d bytes.", maxBitrateTest)
	}
	block := make([]byte, min(size, 64<<10))
	_, _ = rand.Read(block)
	h := c.Response().Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Length", strconv.Itoa(size))
	h.Set("Cache-Control", "no-store")
	c.Response().WriteHeader(http.StatusOK)
	for size > 0 {
		n := min(size, len(block))
		if _, err := c.Response().Writer.Write(block[:n]); err != nil {
			return nil // the client has measured enough
		}
		size -= n
	}
	return nil
}
