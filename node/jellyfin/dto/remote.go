package dto

import "sett/node/library"

// RemoteSearchResult is one thing that an item may be, as a provider of facts has it.
type RemoteSearchResult struct {
	Name               string
	ProviderIDs        map[string]string    `json:"ProviderIds"`
	ProductionYear     *int                 `json:",omitempty"`
	ImageURL           string               `json:"ImageUrl,omitempty"`
	SearchProviderName string               `json:",omitempty"`
	Overview           string               `json:",omitempty"`
	AlbumArtist        *RemoteSearchResult  `json:",omitempty"`
	Artists            []RemoteSearchResult // never null
}

// NewRemoteSearchResult is a result without artists. key names the id.
func NewRemoteSearchResult(name, key, id string, year int) RemoteSearchResult {
	ids := map[string]string{}
	if key != "" && id != "" {
		ids[key] = id
	}
	return RemoteSearchResult{Name: name, ProviderIDs: ids, ProductionYear: nonZero(year), Artists: []RemoteSearchResult{}}
}

// RemoteImageResult is a page of pictures that providers have of an item.
type RemoteImageResult struct {
	Images           []RemoteImageInfo
	TotalRecordCount int
	Providers        []string
}

// RemoteImageInfo is a picture at a provider.
type RemoteImageInfo struct {
	ProviderName string
	URL          string `json:"Url"`
	Height       *int   `json:",omitempty"`
	Width        *int   `json:",omitempty"`
	Type         library.ImageKind
	RatingType   string // "Score" or "Likes"
}

// NewRemoteImageInfo is a picture nobody rated. Sizes in pixels, 0 for unknown.
func NewRemoteImageInfo(provider, url string, kind library.ImageKind, width, height int) RemoteImageInfo {
	return RemoteImageInfo{ProviderName: provider, URL: url, Type: kind, Width: nonZero(width), Height: nonZero(height), RatingType: "Score"}
}

// ImageProviderInfo says which kinds of picture a provider has.
type ImageProviderInfo struct {
	Name            string
	SupportedImages []library.ImageKind
}

// Attribution is what a provider of facts wants said where its facts are shown.
type Attribution struct {
	Name    string
	Text    string
	URL     string `json:"Url"`
	Licence string `json:",omitempty"`
}
