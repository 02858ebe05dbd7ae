//go:build !unix

package export

import "os"

// lock does nothing on this system: the operator must not run two exports with one cursor file.
func lock(file string) (*os.File, error) { return os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600) }
