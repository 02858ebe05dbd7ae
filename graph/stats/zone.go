package stats

import (
	"fmt"
	"time"

	"census-gateway/graph/zones"
)

// Zone returns the time zone with an IANA name such as "Europe/Berlin".
func Zone(name string) (*time.Location, error) {
	zone, err := zones.Named(name)
	if err != nil {
		return nil, fmt.Errorf("timeZone must be an IANA name such as \"Europe/Berlin\", got %.64q", name)
	}
	return zone, nil
}
