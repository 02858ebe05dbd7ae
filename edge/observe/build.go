package observe

import (
	"cmp"
	"runtime/debug"
)

// The linker sets stampedVersion and stampedCommit if the build has no checkout to read them
// from, as in an image:
//
//	go build -ldflags "-X census-gateway/edge/observe.stampedVersion=v1.2.3"
var stampedVersion, stampedCommit string

// Build returns the version and the commit of the program, as set by the linker or else as
// recorded by Go: the module's version, "(devel)" if it has none, and the commit, "unknown"
// outside of a checkout.
func Build() (version, commit string) {
	version, commit = "unknown", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = cmp.Or(info.Main.Version, version)
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = s.Value
			}
		}
	}
	return cmp.Or(stampedVersion, version), cmp.Or(stampedCommit, commit)
}
