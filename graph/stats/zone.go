package stats

import (
	"fmt"
	"time"
	_ "time/tzdata" // zones are known in a container that has none of its own
)

// Zone finds a time zone by its IANA name, "Europe/Berlin"; "" is UTC. The
// zone of the machine, which Go calls "Local", is nobody's business.
func Zone(name string) (*time.Location, error) {
	if name != "Local" && len(name) <= 64 {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, fmt.Errorf("timeZone must be an IANA name such as \"Europe/Berlin\", got %.64q", name)
}
