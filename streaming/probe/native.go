package probe

import (
	"bytes"
	"context"
	"io"

	"sett/streaming/probe/facts"
	"sett/streaming/probe/matroska"
)

// native reads a file's headers in process. It fails with facts.ErrUnsure wherever
// it cannot tell all that ffprobe would.
func native(ctx context.Context, f io.ReaderAt, size int64) (*facts.Document, error) {
	r := facts.NewReader(ctx, f, size)
	head, err := r.Peek(0, 16)
	if err != nil {
		return nil, err
	}
	head = bytes.Clone(head)
	switch {
	case bytes.HasPrefix(head, []byte("\x1a\x45\xdf\xa3")):
		return matroska.Read(r)
	}
	return nil, facts.Unsure("no reader for what begins so")
}
