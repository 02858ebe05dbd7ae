// Package zones knows the time zones of the IANA database, from a copy inside the
// program. time.LoadLocation asks the environment (ZONEINFO) and the machine first:
// it knows names that are files there ("localtime", "posixrules", "right/UTC"), and
// one name can mean different clocks on two machines.
package zones

import (
	"archive/zip"
	_ "embed"
	"errors"
	"io"
	"strings"
	"sync"
	"time"
)

// database is lib/time/zoneinfo.zip of a Go release, as time/tzdata has it. To take
// over a newer one: cp "$(go env GOROOT)/lib/time/zoneinfo.zip" graph/zones/
//
//go:embed zoneinfo.zip
var database string

// A zone is read when it is first asked for.
type zone struct {
	name string
	read func() (*time.Location, error)
}

// known are the zones of the database, by their names in lower case.
var known = sync.OnceValues(func() (map[string]zone, error) {
	r, err := zip.NewReader(strings.NewReader(database), int64(len(database)))
	if err != nil {
		return nil, err
	}
	all := make(map[string]zone, len(r.File))
	for _, f := range r.File {
		if strings.HasSuffix(f.Name, "/") { // a folder
			continue
		}
		all[strings.ToLower(f.Name)] = zone{f.Name, sync.OnceValues(func() (*time.Location, error) {
			if f.Name == "UTC" {
				return time.UTC, nil
			}
			content, err := f.Open()
			if err != nil {
				return nil, err
			}
			defer content.Close()
			data, err := io.ReadAll(content)
			if err != nil {
				return nil, err
			}
			return time.LoadLocationFromTZData(f.Name, data)
		})}
	}
	return all, nil
})

var errUnknown = errors.New("not a time zone of the IANA database")

// Named is the zone of a name as the database writes it: "Europe/Berlin".
func Named(name string) (*time.Location, error) {
	z, err := find(name)
	if err != nil || z.name != name {
		return nil, errUnknown
	}
	return z.read()
}

// Like is Named without regard to case.
func Like(name string) (*time.Location, error) {
	z, err := find(name)
	if err != nil {
		return nil, err
	}
	return z.read()
}

func find(name string) (zone, error) {
	all, err := known()
	if err != nil {
		return zone{}, err
	}
	z, ok := all[strings.ToLower(name)]
	if !ok {
		return zone{}, errUnknown
	}
	return z, nil
}
