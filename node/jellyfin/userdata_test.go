package jellyfin

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"sett/node/jellyfin/dto"
)

func TestUserDataIsWrittenAsEncodingJSONWould(t *testing.T) {
	full := dto.UserData{
		Rating: dto.Ptr(7.5), PlayedPercentage: dto.Ptr(33.333333333333336), UnplayedCount: dto.Ptr(0), Position: 1 << 40, PlayCount: 3, IsFavorite: true,
		Likes: dto.Ptr(false), LastPlayedDate: dto.Ptr(dto.Time(time.Date(2024, 2, 3, 4, 5, 6, 700, time.FixedZone("x", 3600)))), Played: true, Key: `a"b`, ItemID: "c",
	}
	for _, d := range []dto.UserData{full, {Key: "k", ItemID: "i"}, {PlayedPercentage: dto.Ptr(100.0), Likes: dto.Ptr(true)}} {
		var got, want map[string]any
		if err := json.Unmarshal(appendUserData(nil, &d), &got); err != nil {
			t.Fatalf("%s: %v", appendUserData(nil, &d), err)
		}
		if err := json.Unmarshal(dto.Marshal(d), &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
}
