package jellyfin

import (
	"bytes"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"testing"
)

func TestWhatHasNoPictureGetsOneMadeForIt(t *testing.T) {
	l := newLab(t)
	it := l.json("/Items/"+l.episode.String(), l.owner)
	tag, _ := it["ImageTags"].(map[string]any)["Primary"].(string)
	if tag == "" {
		t.Fatal("the episode is offered without a picture")
	}
	w := l.call("GET", "/Items/"+l.episode.String()+"/Images/Primary?maxWidth=320&tag="+tag, l.owner, "")
	if w.Code != 200 {
		t.Fatalf("its picture: %d", w.Code)
	}
	cfg, _, err := image.DecodeConfig(bytes.NewReader(w.Body.Bytes()))
	if err != nil || cfg.Width != 320 || cfg.Height != 180 {
		t.Errorf("its picture is %dx%d, %v", cfg.Width, cfg.Height, err)
	}
	if w := l.call("GET", "/Items/"+l.episode.String()+"/Images/Logo", l.owner, ""); w.Code != 404 {
		t.Errorf("a logo was made up: %d", w.Code)
	}
}
