package sim

import "os"

// Base returns the base URL that tests use: V1's, or that of the version in SIM_VERSION, so
// that one suite tests both.
func Base() string {
	if os.Getenv("SIM_VERSION") == "v2" {
		return "http://census.test/api/v2"
	}
	return "http://census.test/api/v1"
}
