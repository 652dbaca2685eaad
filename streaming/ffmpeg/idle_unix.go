//go:build unix && !linux

package ffmpeg

func idleDisk(int) {}
