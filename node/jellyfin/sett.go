package jellyfin

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"
	"rsc.io/qr"

	"sett/node/account"
)

// Routes of our own web client, under names no other client asks for.
var settRoutes = []Route{
	{Method: "POST", Path: "/Startup/Sett", Access: Public, Do: (*API).completeSetup},
	{Method: "GET", Path: "/Sett/Network", Access: Admin, Do: (*API).network},
	{Method: "GET", Path: "/Sett/QR", Access: User, Do: (*API).qrCode},
	{Method: "GET", Path: "/Sett/Scan", Access: Admin, Do: (*API).scanProgress},
}

// NetworkReport is what the owner's network page shows.
type NetworkReport struct {
	Zones   []ZoneReport
	Tailnet TailnetReport
}

// ZoneReport is one kind of door and the addresses it can be opened at.
type ZoneReport struct {
	Name      string
	Addresses []string
	Open      bool
	Refused   uint64 // connections closed because they did not come from home
}

// TailnetReport is the private network's state.
type TailnetReport struct {
	State    string
	Error    string `json:",omitempty"`
	LoginURL string `json:",omitempty"`
	Hostname string
	DNSName  string
	URLs     []string
	Health   []string
}

// completeSetup makes the owner's account, once, for whoever holds the code that
// the console printed.
func (a *API) completeSetup(c *call) error {
	var in struct{ Code, Name, Password string }
	if err := c.body(&in); err != nil {
		return err
	}
	_, err := a.Accounts.CompleteSetup(c.Request().Context(), in.Code, in.Name, in.Password, c.at)
	var rule *account.RuleError
	switch {
	case errors.As(err, &rule):
		return badRequest("%s", rule.Error())
	case errors.Is(err, account.ErrBadCredentials):
		return echo.NewHTTPError(http.StatusUnauthorized, "The setup code is wrong. It is printed on the server's console at each start until an owner exists.")
	case err != nil:
		return a.signInFailed(c, in.Name, err)
	}
	a.Log.Info("the owner's account was made", "name", in.Name)
	return c.done()
}

func (a *API) network(c *call) error { return c.json(a.Network(c.at)) }

const maxQRText = 1024

// qrCode draws a text of ours, such as an address, as a PNG.
func (a *API) qrCode(c *call) error {
	text := c.q.str("text")
	if text == "" || len(text) > maxQRText {
		return badRequest("text must have 1 to %d bytes.", maxQRText)
	}
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return badRequest("This text does not fit into a QR code.")
	}
	return c.Blob(http.StatusOK, "image/png", code.PNG())
}

func (a *API) scanProgress(c *call) error {
	percent, running := a.ScanProgress()
	return c.json(struct {
		Running bool
		Percent float64
	}{running, percent})
}
