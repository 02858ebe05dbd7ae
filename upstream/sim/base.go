package sim

import "os"

// Base is the base URL by which tests ask a Census: of V1, or of the version that
// SIM_VERSION names, so that one suite holds on both.
func Base() string {
	if os.Getenv("SIM_VERSION") == "v2" {
		return "http://census.test/api/v2"
	}
	return "http://census.test/api/v1"
}
