package dto

import "strings"

// Fields is the set of optional members a caller asked for.
type Fields uint64

// The optional members, under the names of the API's ItemFields.
const (
	FieldAlways Fields = 1 << iota
	FieldCanDelete
	FieldCanDownload
	FieldChapters
	FieldTrickplay
	FieldChildCount
	FieldDateCreated
	FieldDateLastMediaAdded
	FieldDisplayPreferencesID
	FieldEtag
	FieldExternalURLs
	FieldGenres
	FieldItemCounts
	FieldMediaSourceCount
	FieldMediaSources
	FieldMediaStreams
	FieldOriginalTitle
	FieldOverview
	FieldParentID
	FieldPath
	FieldPeople
	FieldPlayAccess
	FieldProductionLocations
	FieldProviderIDs
	FieldAspectRatio
	FieldRecursiveItemCount
	FieldSettings
	FieldSeriesStudio
	FieldSortName
	FieldStudios
	FieldTaglines
	FieldTags
	FieldRemoteTrailers
	FieldEnableMediaSourceDisplay
	FieldWidth
	FieldHeight
	FieldLocalTrailerCount
	FieldIsHD
	FieldSpecialFeatureCount

	AllFields Fields = 1<<63 - 1
)

var fieldNames = map[string]Fields{
	"candelete": FieldCanDelete, "candownload": FieldCanDownload, "chapters": FieldChapters, "trickplay": FieldTrickplay,
	"childcount": FieldChildCount, "datecreated": FieldDateCreated, "datelastmediaadded": FieldDateLastMediaAdded,
	"displaypreferencesid": FieldDisplayPreferencesID, "etag": FieldEtag, "externalurls": FieldExternalURLs,
	"genres": FieldGenres, "itemcounts": FieldItemCounts, "mediasourcecount": FieldMediaSourceCount,
	"mediasources": FieldMediaSources, "mediastreams": FieldMediaStreams, "originaltitle": FieldOriginalTitle,
	"overview": FieldOverview, "parentid": FieldParentID, "path": FieldPath, "people": FieldPeople,
	"playaccess": FieldPlayAccess, "productionlocations": FieldProductionLocations, "providerids": FieldProviderIDs,
	"primaryimageaspectratio": FieldAspectRatio, "recursiveitemcount": FieldRecursiveItemCount, "settings": FieldSettings,
	"seriesstudio": FieldSeriesStudio, "sortname": FieldSortName, "studios": FieldStudios, "taglines": FieldTaglines,
	"tags": FieldTags, "remotetrailers": FieldRemoteTrailers, "enablemediasourcedisplay": FieldEnableMediaSourceDisplay,
	"width": FieldWidth, "height": FieldHeight, "localtrailercount": FieldLocalTrailerCount, "ishd": FieldIsHD,
	"specialfeaturecount": FieldSpecialFeatureCount,
	// Spelt like members rather than like ItemFields by some clients.
	"genreitems": FieldGenres, "communityrating": FieldAlways, "userdata": FieldAlways,
}

// ParseFields reads names in any case and drops those it does not know.
func ParseFields(names []string) Fields {
	f := FieldAlways
	for _, n := range names {
		f |= fieldNames[strings.ToLower(n)]
	}
	return f
}

// memberField says which field a member of [Item] belongs to; members not listed
// are always sent.
var memberField = map[string]Fields{
	"OriginalTitle": FieldOriginalTitle, "Etag": FieldEtag, "DateCreated": FieldDateCreated,
	"DateLastMediaAdded": FieldDateLastMediaAdded, "SortName": FieldSortName, "ExternalUrls": FieldExternalURLs,
	"MediaSources": FieldMediaSources, "MediaStreams": FieldMediaStreams, "ProductionLocations": FieldProductionLocations,
	"Path": FieldPath, "Overview": FieldOverview, "Taglines": FieldTaglines, "Genres": FieldGenres,
	"GenreItems": FieldGenres, "RemoteTrailers": FieldRemoteTrailers, "ProviderIds": FieldProviderIDs,
	"IsHD": FieldIsHD, "ParentId": FieldParentID, "People": FieldPeople, "Studios": FieldStudios,
	"LocalTrailerCount": FieldLocalTrailerCount, "SpecialFeatureCount": FieldSpecialFeatureCount,
	"DisplayPreferencesId": FieldDisplayPreferencesID, "Tags": FieldTags, "PrimaryImageAspectRatio": FieldAspectRatio,
	"MediaSourceCount": FieldMediaSourceCount, "Chapters": FieldChapters, "Width": FieldWidth, "Height": FieldHeight,
	"LockedFields": FieldSettings, "LockData": FieldSettings, "EnableMediaSourceDisplay": FieldEnableMediaSourceDisplay,
}
