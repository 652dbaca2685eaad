package jellyfin

import (
	"sett/node/account"
	"sett/node/jellyfin/dto"
	"sett/node/library"
)

var policyRoutes = []Route{
	{Method: "POST", Path: "/Users/:userId/Policy", Access: Admin, Do: (*API).setPolicy},
	{Method: "POST", Path: "/Users/:userId/HiddenItems/:itemId", Access: Admin, Do: hideItem(true)},
	{Method: "DELETE", Path: "/Users/:userId/HiddenItems/:itemId", Access: Admin, Do: hideItem(false)},
}

// policyIn is the part of a UserPolicy that means something here. Members that are not
// sent leave things as they are, except lists and limits of a policy that is sent whole,
// as clients do: there an absent limit is no limit.
type policyIn struct {
	IsAdministrator, IsHidden, IsDisabled *bool
	EnableRemoteAccess, EnableAllFolders  *bool
	EnableContentDownloading              *bool
	EnableContentDeletion                 *bool
	EnableCollectionManagement            *bool
	EnabledFolders                        []dto.ID
	EnableContentDeletionFromFolders      []dto.ID
	MaxParentalRating                     *dto.Int
	BlockedTags, AllowedTags              dto.Strings
	BlockUnratedItems                     dto.Strings
	RemoteClientBitrateLimit              *dto.Int
	AuthenticationProviderID              *string `json:"AuthenticationProviderId"`
}

// setPolicy stores what an administrator lets a person do.
func (a *API) setPolicy(c *call) error {
	id, err := c.itemID("userId")
	if err != nil {
		return err
	}
	var in policyIn
	if err := c.body(&in); err != nil {
		return err
	}
	if _, err := a.Accounts.Update(c.Request().Context(), id, in.apply); err != nil {
		return accountError(err)
	}
	return c.done()
}

func (in *policyIn) apply(u *account.User) error {
	set := func(to *bool, v *bool) {
		if v != nil {
			*to = *v
		}
	}
	set(&u.Admin, in.IsAdministrator)
	set(&u.Hidden, in.IsHidden)
	set(&u.Disabled, in.IsDisabled)
	set(&u.RemoteAccess, in.EnableRemoteAccess)
	set(&u.Downloads, in.EnableContentDownloading)
	set(&u.Deletes, in.EnableContentDeletion)
	set(&u.Collects, in.EnableCollectionManagement)
	if in.RemoteClientBitrateLimit != nil {
		u.MaxBitrate = max(0, int(*in.RemoteClientBitrateLimit))
	}
	if in.EnableAllFolders != nil {
		u.Libraries = nil
		if !*in.EnableAllFolders {
			u.Libraries = idsOf(in.EnabledFolders)
		}
	}
	// What a whole policy leaves out is unset; a part of one must not lift a limit it
	// does not name. A whole one has its required members.
	whole := in.AuthenticationProviderID != nil
	if whole || in.EnableContentDeletionFromFolders != nil {
		u.DeletesFrom = idsOf(in.EnableContentDeletionFromFolders)
	}
	if whole || in.BlockedTags != nil {
		u.BlockedTags = trimmed(in.BlockedTags)
	}
	if whole || in.AllowedTags != nil {
		u.AllowedTags = trimmed(in.AllowedTags)
	}
	if whole || in.BlockUnratedItems != nil {
		u.BlockUnrated = account.UnratedSorts(in.BlockUnratedItems)
	}
	if whole || in.MaxParentalRating != nil {
		u.MaxRating = intOf(in.MaxParentalRating)
	}
	return nil
}

// idsOf never returns nil: an empty list is not the same as none.
func idsOf(in []dto.ID) []library.ID {
	out := []library.ID{}
	for _, id := range in {
		if !library.ID(id).IsZero() {
			out = append(out, library.ID(id))
		}
	}
	return out
}

const maxTags = 1000

func trimmed(in []string) []string {
	tags := params{"": in}.pipes("")
	return tags[:min(len(tags), maxTags)]
}

// hideItem hides an item, and what is in it, from one person, or shows it again.
func hideItem(hide bool) func(*API, *call) error {
	return func(a *API, c *call) error {
		user, err := c.itemID("userId")
		if err != nil {
			return err
		}
		id, err := c.itemID("itemId")
		if err != nil {
			return err
		}
		if _, ok := c.view.Card(id); !ok && hide {
			return errNotFound
		}
		_, err = a.Accounts.Update(c.Request().Context(), user, func(u *account.User) error {
			kept := []library.ID{}
			for _, h := range u.HiddenItems {
				if h != id {
					kept = append(kept, h)
				}
			}
			if hide {
				kept = append(kept, id)
			}
			u.HiddenItems = kept
			return nil
		})
		if err != nil {
			return accountError(err)
		}
		return c.done()
	}
}

// fillPolicy is the way back.
func fillPolicy(p *dto.UserPolicy, u account.User) {
	p.EnableCollectionManagement = u.MayCollect()
	p.MaxParentalRating = u.MaxRating
	p.BlockedTags, p.AllowedTags, p.BlockUnratedItems = some(u.BlockedTags), some(u.AllowedTags), some(u.BlockUnrated)
	p.EnableContentDeletion = u.Deletes
	p.EnableContentDeletionFromFolders = dto.Strings{}
	for _, id := range u.DeletesFrom {
		p.EnableContentDeletionFromFolders = append(p.EnableContentDeletionFromFolders, id.String())
	}
}
