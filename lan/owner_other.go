//go:build !linux

package lan

func portOwner(string, uint16) string { return "" }
