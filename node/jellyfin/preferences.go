package jellyfin

import (
	"errors"
	"strings"

	"sett/node/jellyfin/dto"
	"sett/node/library"
	"sett/node/store"
)

var preferenceRoutes = []Route{
	{Method: "GET", Path: "/DisplayPreferences/:displayPreferencesId", Access: User, Do: (*API).displayPreferences},
	{Method: "POST", Path: "/DisplayPreferences/:displayPreferencesId", Access: User, Do: (*API).saveDisplayPreferences},
}

const maxPreferences = 256 << 10 // bytes of one document

// preferencesKey is where one app keeps one set of a person's choices.
func preferencesKey(user library.ID, id, client string) string {
	return user.String() + "/" + strings.ToLower(client) + "/" + id
}

func (a *API) preferences() store.Table[dto.DisplayPreferences] {
	return store.TableOf[dto.DisplayPreferences](a.Store, "display-preferences")
}

// displayPreferences answers every id, with defaults for those nobody saved: a
// client's sign-in hangs on it.
func (a *API) displayPreferences(c *call) error {
	user, err := c.user()
	if err != nil {
		return err
	}
	id, client := c.Param("displayPreferencesId"), c.q.str("client")
	p, err := a.preferences().Get(preferencesKey(user, id, client))
	if errors.Is(err, store.ErrNotFound) {
		return c.json(dto.DefaultDisplayPreferences(id, client))
	}
	if err != nil {
		return err
	}
	if p.CustomPrefs == nil {
		p.CustomPrefs = map[string]*string{}
	}
	return c.json(p)
}

// saveDisplayPreferences replaces the whole set.
func (a *API) saveDisplayPreferences(c *call) error {
	user, err := c.user()
	if err != nil {
		return err
	}
	id, client := c.Param("displayPreferencesId"), c.q.str("client")
	p := dto.DefaultDisplayPreferences(id, client)
	if err := c.body(&p); err != nil {
		return err
	}
	p.ID, p.Client = id, client
	if len(dto.Marshal(p)) > maxPreferences || len(id) > 200 || len(client) > 200 {
		return badRequest("These preferences are larger than the server keeps for one app.")
	}
	if err := a.preferences().Put(c.Request().Context(), preferencesKey(user, id, client), p); err != nil {
		return err
	}
	return c.done()
}
