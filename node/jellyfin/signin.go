package jellyfin

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"sett/node/account"
	"sett/node/jellyfin/dto"
)

var signInRoutes = []Route{
	{Method: "POST", Path: "/Users/AuthenticateByName", Access: Public, Do: (*API).authenticateByName},
	{Method: "POST", Path: "/Users/AuthenticateWithQuickConnect", Access: Public, Do: (*API).authenticateWithQuickConnect},
	{Method: "GET", Path: "/QuickConnect/Enabled", Access: Public, Do: (*API).quickConnectEnabled},
	{Method: "POST", Path: "/QuickConnect/Initiate", Access: Public, Do: (*API).quickConnectInitiate},
	{Method: "GET", Path: "/QuickConnect/Initiate", Access: Public, Do: (*API).quickConnectInitiate}, // finamp
	{Method: "GET", Path: "/QuickConnect/Connect", Access: Public, Do: (*API).quickConnectState},
	{Method: "POST", Path: "/QuickConnect/Authorize", Access: User, Do: (*API).quickConnectAuthorize},
	{Method: "POST", Path: "/Sessions/Logout", Access: User, Do: (*API).logout},
}

func (a *API) authenticateByName(c *call) error {
	var in struct {
		Username string
		Pw       string
		Password string // very old clients; a hash there never matches
	}
	if err := c.body(&in); err != nil {
		return err
	}
	token, user, err := a.Accounts.Authenticate(c.Request().Context(), in.Username, in.Pw, c.device(), c.at)
	if err != nil {
		return a.signInFailed(c, in.Username, err)
	}
	return a.signedIn(c, token, user)
}

// signInFailed logs the line that intrusion tools match on, and answers.
func (a *API) signInFailed(c *call, name string, err error) error {
	var wait *account.ThrottledError
	switch {
	case errors.As(err, &wait):
		seconds := max(1, int(wait.After.Round(time.Second)/time.Second))
		c.Response().Header().Set("Retry-After", strconv.Itoa(seconds))
		return echo.NewHTTPError(http.StatusTooManyRequests, "Too many attempts. Wait "+strconv.Itoa(seconds)+" seconds and try again.")
	case errors.Is(err, account.ErrBadCredentials), errors.Is(err, account.ErrRefused):
		a.Log.Info("Authentication request denied", "user", name, "ip", c.addr().String(), "zone", c.at.Zone.String())
		return echo.NewHTTPError(http.StatusUnauthorized, "The name or the password is wrong.")
	case errors.Is(err, account.ErrDisabled):
		return echo.NewHTTPError(http.StatusForbidden, "This account is disabled. Ask the owner of the server.")
	}
	return err
}

func (a *API) signedIn(c *call, token string, u account.User) error {
	caller, err := a.Accounts.Caller(token, c.device(), c.at)
	if err != nil {
		return err
	}
	c.who = caller
	s := a.sessions.of(c)
	return c.json(dto.AuthenticationResult{
		User: a.userDTO(u, true), SessionInfo: a.sessionDTO(c, s), AccessToken: token, ServerID: a.Store.ServerID(),
	})
}

func (a *API) logout(c *call) error {
	a.sessions.drop(c.who.TokenHash)
	if err := a.Accounts.Revoke(c.who.TokenHash); err != nil {
		return err
	}
	return c.done()
}

func (a *API) quickConnectEnabled(c *call) error { return c.json(true) }

func (a *API) quickConnectInitiate(c *call) error {
	if c.auth.DeviceID == "" || c.auth.Client == "" {
		return badRequest("Quick Connect needs to know the app and the device: send Client, Device, DeviceId and Version.")
	}
	q, err := a.Accounts.QuickConnectInitiate(c.device(), c.at)
	if err != nil {
		return a.signInFailed(c, "", err)
	}
	return c.json(quickConnectDTO(q))
}

func (a *API) quickConnectState(c *call) error {
	q, err := a.Accounts.QuickConnectState(c.q.str("secret"))
	if err != nil {
		return errNotFound
	}
	return c.json(quickConnectDTO(q))
}

func (a *API) quickConnectAuthorize(c *call) error {
	id, err := c.user()
	if err != nil {
		return err
	}
	err = a.Accounts.QuickConnectAuthorize(c.q.str("code"), id)
	if errors.Is(err, account.ErrNoSuchCode) {
		return errNotFound
	}
	if err != nil {
		return a.signInFailed(c, "", err)
	}
	return c.json(true)
}

func (a *API) authenticateWithQuickConnect(c *call) error {
	var in struct{ Secret string }
	if err := c.body(&in); err != nil {
		return err
	}
	token, user, err := a.Accounts.QuickConnectRedeem(in.Secret, c.device(), c.at)
	if err != nil {
		return errUnauthorised
	}
	return a.signedIn(c, token, user)
}

func quickConnectDTO(q account.QuickConnect) dto.QuickConnect {
	return dto.QuickConnect{
		Authenticated: q.Authenticated, Secret: q.Secret, Code: q.Code, DeviceID: q.Device.ID, DeviceName: q.Device.Name,
		AppName: q.Device.Client, AppVersion: q.Device.Version, DateAdded: dto.Time(q.Added),
	}
}

// userDTO is the wire shape of a person; private is false in lists for strangers.
func (a *API) userDTO(u account.User, private bool) dto.User {
	d := dto.User{
		Name: u.Name, ServerID: a.Store.ServerID(), ID: u.ID.String(), HasPassword: u.HasPassword(), HasConfigured: u.HasPassword(),
		Configuration: configurationDTO(u.Configuration), Policy: a.policy(u), PrimaryImageTag: u.ImageTag,
	}
	if !private {
		d.Configuration, d.Policy = dto.DefaultConfiguration(), dto.DefaultPolicy()
		return d
	}
	if !u.LastLogin.IsZero() {
		d.LastLoginDate = dto.Ptr(dto.Time(u.LastLogin))
		d.LastActivityDate = d.LastLoginDate
	}
	return d
}

func configurationDTO(u account.Configuration) dto.UserConfiguration {
	return dto.UserConfiguration{
		AudioLanguagePreference: u.AudioLanguagePreference, PlayDefaultAudioTrack: u.PlayDefaultAudioTrack,
		SubtitleLanguagePreference: u.SubtitleLanguagePreference, DisplayMissingEpisodes: u.DisplayMissingEpisodes,
		GroupedFolders: some(u.GroupedFolders), SubtitleMode: u.SubtitleMode, DisplayCollectionsView: u.DisplayCollectionsView,
		EnableLocalPassword: u.EnableLocalPassword, OrderedViews: some(u.OrderedViews), LatestItemsExcludes: some(u.LatestItemsExcludes),
		MyMediaExcludes: some(u.MyMediaExcludes), HidePlayedInLatest: u.HidePlayedInLatest,
		RememberAudioSelections: u.RememberAudioSelections, RememberSubtitleSelections: u.RememberSubtitleSelections,
		EnableNextEpisodeAutoPlay: u.EnableNextEpisodeAutoPlay, CastReceiverID: u.CastReceiverID,
	}
}

// configurationOf is the way back.
func configurationOf(d dto.UserConfiguration) account.Configuration {
	return account.Configuration{
		AudioLanguagePreference: d.AudioLanguagePreference, PlayDefaultAudioTrack: d.PlayDefaultAudioTrack,
		SubtitleLanguagePreference: d.SubtitleLanguagePreference, DisplayMissingEpisodes: d.DisplayMissingEpisodes,
		GroupedFolders: d.GroupedFolders, SubtitleMode: d.SubtitleMode, DisplayCollectionsView: d.DisplayCollectionsView,
		EnableLocalPassword: d.EnableLocalPassword, OrderedViews: d.OrderedViews, LatestItemsExcludes: d.LatestItemsExcludes,
		MyMediaExcludes: d.MyMediaExcludes, HidePlayedInLatest: d.HidePlayedInLatest,
		RememberAudioSelections: d.RememberAudioSelections, RememberSubtitleSelections: d.RememberSubtitleSelections,
		EnableNextEpisodeAutoPlay: d.EnableNextEpisodeAutoPlay, CastReceiverID: d.CastReceiverID,
	}
}

func (a *API) policy(u account.User) dto.UserPolicy {
	p := dto.DefaultPolicy()
	p.IsAdministrator, p.IsHidden, p.IsDisabled = u.Admin, u.Hidden, u.Disabled
	p.EnableCollectionManagement, p.EnableRemoteControlOfOtherUsers = u.Admin, u.Admin
	p.EnableRemoteAccess, p.EnableContentDownloading = u.RemoteAccess, u.MayDownload()
	p.RemoteClientBitrateLimit = int64(u.MaxBitrate)
	fillPolicy(&p, u)
	if u.Libraries != nil {
		p.EnableAllFolders = false
		p.EnabledFolders = dto.Strings{}
		for _, id := range u.Libraries {
			p.EnabledFolders = append(p.EnabledFolders, id.String())
		}
	}
	return p
}
