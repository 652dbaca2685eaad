//go:build unix && !linux

package ffmpeg

import "syscall"

func sysProcAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func firstThread() bool { return false } // threads end as they were

// What only Linux lets one process do to another is left out elsewhere.
func confineThread(*Options) error { return nil }

func confineChild(int, *Options) {}
