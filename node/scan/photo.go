package scan

import (
	"cmp"
	"os"

	"sett/node/library"
	"sett/node/scan/exif"
)

// photo makes the item of a photo, with what the camera wrote into it.
func (j *job) photo(d *dir, f file, parent library.ID) *library.Item {
	s := one(d, f)
	id := j.idOf(&who{kind: library.Photo}, s)
	it := j.item(id, library.Photo, stem(f.name))
	it.Parent = parent
	fact := j.fact(s, library.Photo)
	j.play(it, s, fact)
	switch {
	case fact == nil:
	case fact.prior != nil:
		it.Photo, it.Premiered = fact.prior.Photo, fact.prior.Premiered
	case fact.photo != nil:
		it.Photo, it.Premiered = &fact.photo.PhotoInfo, fact.photo.Taken
	}
	if !it.Premiered.IsZero() {
		it.Year = it.Premiered.Year()
	}
	im := library.Image{Kind: library.Primary, Path: s.path(), Tag: imageTag(s.path(), f.size, f.mod), Modified: f.modified()}
	if p := it.Photo; p != nil {
		if im.Width, im.Height = p.Width, p.Height; p.Orientation > 4 { // lies on its side
			im.Width, im.Height = p.Height, p.Width
		}
	}
	it.Images = []library.Image{im}
	return it
}

// readPhoto reads what a camera wrote and the size of the picture.
func readPhoto(path string, size int64) *exif.Info {
	var info exif.Info
	if f, err := os.Open(path); err == nil {
		info, _ = exif.Read(f, size)
		f.Close()
	}
	if info.Width == 0 || info.Height == 0 {
		w, h := pictureSize(path)
		info.Width, info.Height = cmp.Or(info.Width, w), cmp.Or(info.Height, h)
	}
	return &info
}
