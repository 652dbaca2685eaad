package tailnet

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strings"

	"tailscale.com/types/logger"
)

const redacted = "[redacted]"

// secrets is what a log line of the library must not carry: auth keys, private
// keys, and the path of a login link, which is as good as a key while it is open.
var secrets = regexp.MustCompile(`(?:tskey|hskey)-[A-Za-z0-9_.?=&-]+|privkey:[0-9a-fA-F]+|(https?://[^\s"']+/(?:a|auth|register)/)[^\s"']+`)

// redact takes the secrets of the library's own kind, and the given ones, out of s.
func redact(s string, more ...string) string {
	for _, m := range more {
		if m != "" {
			s = strings.ReplaceAll(s, m, redacted)
		}
	}
	return secrets.ReplaceAllString(s, "${1}"+redacted)
}

// libraryLog is the log function given to the library: everything at debug level.
func libraryLog(log *slog.Logger, authKey string) logger.Logf {
	return func(format string, args ...any) {
		if !log.Enabled(context.Background(), slog.LevelDebug) {
			return
		}
		log.Debug(redact(strings.TrimSpace(fmt.Sprintf(format, args...)), authKey))
	}
}
