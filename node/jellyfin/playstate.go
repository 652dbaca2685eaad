package jellyfin

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"sett/node/jellyfin/dto"
	"sett/node/library"
)

var playStateRoutes = []Route{
	{Method: "POST", Path: "/Sessions/Playing", Access: User, Do: (*API).playStarted, Also: []string{"/PlayingItems/:itemId", "/Users/:userId/PlayingItems/:itemId"}},
	{Method: "POST", Path: "/Sessions/Playing/Progress", Access: User, Do: (*API).playProgress, Also: []string{"/PlayingItems/:itemId/Progress", "/Users/:userId/PlayingItems/:itemId/Progress"}},
	{Method: "POST", Path: "/Sessions/Playing/Stopped", Access: User, Do: (*API).playStopped},
	{Method: "DELETE", Path: "/PlayingItems/:itemId", Access: User, Do: (*API).playStopped, Also: []string{"/Users/:userId/PlayingItems/:itemId"}},
	{Method: "POST", Path: "/Sessions/Playing/Ping", Access: User, Do: (*API).playPing},
	{Method: "POST", Path: "/UserPlayedItems/:itemId", Access: User, Do: (*API).markPlayed, Also: []string{"/Users/:userId/PlayedItems/:itemId"}},
	{Method: "DELETE", Path: "/UserPlayedItems/:itemId", Access: User, Do: (*API).markUnplayed, Also: []string{"/Users/:userId/PlayedItems/:itemId"}},
	{Method: "POST", Path: "/UserFavoriteItems/:itemId", Access: User, Do: (*API).markFavourite, Also: []string{"/Users/:userId/FavoriteItems/:itemId"}},
	{Method: "DELETE", Path: "/UserFavoriteItems/:itemId", Access: User, Do: (*API).unmarkFavourite, Also: []string{"/Users/:userId/FavoriteItems/:itemId"}},
	{Method: "POST", Path: "/UserItems/:itemId/Rating", Access: User, Do: (*API).rate, Also: []string{"/Users/:userId/Items/:itemId/Rating"}},
	{Method: "DELETE", Path: "/UserItems/:itemId/Rating", Access: User, Do: (*API).unrate, Also: []string{"/Users/:userId/Items/:itemId/Rating"}},
	{Method: "GET", Path: "/UserItems/:itemId/UserData", Access: User, Do: (*API).getUserData, Also: []string{"/Users/:userId/Items/:itemId/UserData"}},
	{Method: "POST", Path: "/UserItems/:itemId/UserData", Access: User, Do: (*API).setUserData, Also: []string{"/Users/:userId/Items/:itemId/UserData"}},
}

// report reads a playback report from the body, or from path and query as older
// clients send it.
func (c *call) report() (dto.PlayReport, *library.Card, error) {
	var r dto.PlayReport
	if err := c.body(&r); err != nil {
		return r, nil, err
	}
	if id := c.Param("itemId"); id != "" {
		parsed, err := library.ParseID(id)
		if err != nil {
			return r, nil, errNotFound
		}
		r.ItemID = dto.ID(parsed)
		r.MediaSourceID, r.PlaySessionID = c.q.str("mediasourceid"), c.q.str("playsessionid")
		r.PlayMethod, r.IsPaused, r.IsMuted = c.q.str("playmethod"), c.q.flag("ispaused", false), c.q.flag("ismuted", false)
		if n, ok := c.q.number("positionticks"); ok {
			r.PositionTicks = dto.Ptr(dto.Int(n))
		}
	}
	v, err := c.viewer()
	if err != nil {
		return r, nil, err
	}
	card, err := c.visible(v, library.ID(r.ItemID))
	return r, card, err
}

func (a *API) playStarted(c *call) error {
	r, card, err := c.report()
	if err != nil {
		return err
	}
	a.sessions.playing(c, card, r)
	now := time.Now()
	err = a.update(c, card, func(u library.UserData) library.UserData {
		u.PlayCount++
		u.LastPlayed = now
		if card.Kind.Media() == library.MediaVideo {
			u.Played = false
		}
		return u
	})
	if err != nil {
		return err
	}
	a.sessions.userDataChanged(a, c.who.User.ID, card)
	return c.done()
}

func (a *API) playProgress(c *call) error {
	r, card, err := c.report()
	if err != nil {
		return err
	}
	a.sessions.playing(c, card, r)
	a.stillPlaying(c, r.PlaySessionID)
	if err := a.reached(c, card, r); err != nil {
		return err
	}
	return c.done()
}

func (a *API) playStopped(c *call) error {
	r, card, err := c.report()
	a.sessions.stopped(c) // the player has stopped even if the item is gone
	if r.PlaySessionID != "" {
		a.Streams.Close(playKey(c, r.PlaySessionID))
	}
	if err != nil {
		return err
	}
	if r.PositionTicks == nil && !r.Failed { // stopped at the very end: everything was watched
		err = a.update(c, card, func(u library.UserData) library.UserData { return u.Reached(card.Runtime, card.Runtime, false) })
	} else if !r.Failed {
		err = a.reached(c, card, r)
	}
	if err != nil {
		return err
	}
	a.sessions.userDataChanged(a, c.who.User.ID, card)
	return c.done()
}

// reached stores how far the person came. The answer is sent only when the
// position is on disk.
func (a *API) reached(c *call, card *library.Card, r dto.PlayReport) error {
	if r.PositionTicks == nil {
		return nil
	}
	pos := library.Ticks(*r.PositionTicks)
	return a.update(c, card, func(u library.UserData) library.UserData {
		u = u.Reached(pos, card.Runtime, card.Kind == library.AudioBook)
		u.LastPlayed = time.Now()
		if r.AudioIndex != nil {
			u.AudioIndex = dto.Ptr(int(*r.AudioIndex))
		}
		if r.SubtitleIndex != nil {
			u.SubtitleIndex = dto.Ptr(int(*r.SubtitleIndex))
		}
		return u
	})
}

func (a *API) update(c *call, card *library.Card, f func(library.UserData) library.UserData) error {
	if c.who.User.ID.IsZero() {
		return badRequest("This token belongs to no person, so there is nobody to remember this for.")
	}
	_, err := a.Store.UpdateUserData(c.Request().Context(), c.who.User.ID, card.ID, f)
	return err
}

func (a *API) playPing(c *call) error {
	a.stillPlaying(c, c.q.str("playsessionid"))
	return c.done()
}

// change applies f to the person's data of the item in the path, and of everything
// below it when deep is set, and answers with the result.
func (a *API) change(c *call, deep bool, f func(library.UserData) library.UserData) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	if v.User.IsZero() {
		return badRequest("This token belongs to no person, so there is nobody to remember this for.")
	}
	id, err := c.itemID("itemId")
	if err != nil {
		return err
	}
	card, err := c.visible(v, id)
	if err != nil {
		return err
	}
	targets := []*library.Card{card}
	if deep && card.Kind.IsFolder() {
		no := false
		targets = c.view.Find(library.Query{Viewer: v, Parent: id, Recursive: true, IsFolder: &no}).Cards
	}
	if err := a.updateAll(c.Request().Context(), v.User, targets, f); err != nil {
		return err
	}
	a.sessions.userDataChanged(a, v.User, card)
	return c.json(userData(c.view, card, v))
}

// updateAll changes many items at once, so that the store makes them durable in a few
// steps instead of one each.
func (a *API) updateAll(ctx context.Context, user library.ID, cards []*library.Card, f func(library.UserData) library.UserData) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(64)
	for _, card := range cards {
		g.Go(func() error {
			_, err := a.Store.UpdateUserData(ctx, user, card.ID, f)
			return err
		})
	}
	return g.Wait()
}

func (a *API) markPlayed(c *call) error {
	when := c.q.time("dateplayed")
	if when.IsZero() {
		when = time.Now()
	}
	return a.change(c, true, func(u library.UserData) library.UserData {
		u.Played, u.Position, u.PlayCount, u.LastPlayed = true, 0, max(1, u.PlayCount), when
		return u
	})
}

func (a *API) markUnplayed(c *call) error {
	return a.change(c, true, func(u library.UserData) library.UserData {
		u.Played, u.Position, u.PlayCount, u.LastPlayed = false, 0, 0, time.Time{}
		return u
	})
}

func (a *API) markFavourite(c *call) error {
	return a.change(c, false, func(u library.UserData) library.UserData { u.Favorite = true; return u })
}

func (a *API) unmarkFavourite(c *call) error {
	return a.change(c, false, func(u library.UserData) library.UserData { u.Favorite = false; return u })
}

func (a *API) rate(c *call) error {
	likes := c.q.flagPtr("likes")
	return a.change(c, false, func(u library.UserData) library.UserData { u.Likes = likes; return u })
}

func (a *API) unrate(c *call) error {
	return a.change(c, false, func(u library.UserData) library.UserData { u.Likes = nil; return u })
}

func (a *API) getUserData(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	id, err := c.itemID("itemId")
	if err != nil {
		return err
	}
	card, err := c.visible(v, id)
	if err != nil {
		return err
	}
	return c.json(userData(c.view, card, v))
}

// setUserData stores what the client says, as it says it.
func (a *API) setUserData(c *call) error {
	var in struct {
		PlaybackPositionTicks *dto.Int
		PlayCount             *dto.Int
		IsFavorite, Played    *bool
		Likes                 *bool
		Rating                *float64
		LastPlayedDate        *dto.Time
	}
	if err := c.body(&in); err != nil {
		return err
	}
	var runtime library.Ticks
	if id, err := c.itemID("itemId"); err == nil {
		if card, ok := c.view.Card(id); ok {
			runtime = card.Runtime
		}
	}
	return a.change(c, false, func(u library.UserData) library.UserData {
		if in.PlaybackPositionTicks != nil {
			u.Position = max(0, library.Ticks(*in.PlaybackPositionTicks))
			if runtime > 0 {
				u.Position = min(u.Position, runtime)
			}
		}
		if in.PlayCount != nil {
			u.PlayCount = max(0, int(*in.PlayCount))
		}
		if in.IsFavorite != nil {
			u.Favorite = *in.IsFavorite
		}
		if in.Played != nil {
			u.Played = *in.Played
		}
		if in.Likes != nil {
			u.Likes = in.Likes
		}
		if in.Rating != nil {
			u.Rating = *in.Rating
		}
		if in.LastPlayedDate != nil && !in.LastPlayedDate.IsZero() {
			u.LastPlayed = time.Time(*in.LastPlayedDate)
		}
		return u
	})
}
