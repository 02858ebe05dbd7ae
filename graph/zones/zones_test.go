package zones

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Every zone of the database can be read, by its own name and in any case.
func TestEveryZone(t *testing.T) {
	all, err := known()
	if err != nil || len(all) < 500 {
		t.Fatal(len(all), err)
	}
	for lower, z := range all {
		if zone, err := Named(z.name); err != nil || zone.String() != z.name {
			t.Errorf("%q is %v, %v", z.name, zone, err)
		}
		if zone, err := Like(strings.ToUpper(z.name)); err != nil || zone.String() != z.name {
			t.Errorf("%q in capitals is %v, %v", z.name, zone, err)
		}
		if zone, err := Named(lower); lower != z.name && err == nil {
			t.Errorf("%q is %s", lower, zone)
		}
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"UTC", "Etc/UTC", "GMT", "Etc/GMT+5", "EST5EDT", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Calcutta", "Asia/Kolkata"} {
		if zone, err := Named(name); err != nil || zone.String() != name {
			t.Errorf("%q is %v, %v", name, zone, err)
		}
	}
	for _, name := range []string{
		"", "Local", "local", "localtime", "posixrules", "right/UTC", "right/Europe/Berlin", "posix/Europe/Berlin", "Europe", "Europe/", "europe/berlin", "utc",
		"/Europe/Berlin", "./Europe/Berlin", "Europe/../UTC", "../etc/passwd", "/etc/localtime", "Europe\\Berlin", "Europe/Berlin ", " UTC", "Europe/Berlin\x00",
		"+01:00", "UTC+1", "CEST", "tzdata.zi", "zone.tab", "leapseconds", "Mars/Olympus", strings.Repeat("x", 10_000),
	} {
		if zone, err := Named(name); err == nil {
			t.Errorf("%q is %s", name, zone)
		}
	}
}

// A zone is that of the database, whatever the machine and the environment say.
func TestHostIsNotAsked(t *testing.T) {
	dir := t.TempDir()
	tokyo, err := Named("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	all, _ := known()
	for _, name := range []string{"Europe/Lisbon", "localtime"} { // a host that takes both for Tokyo
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, tokyoData(t), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("ZONEINFO", dir)
	if _, err := Named("localtime"); err == nil {
		t.Error("localtime is known")
	}
	at := time.Date(2026, 1, 7, 12, 0, 0, 0, time.UTC)
	lisbon, err := all["europe/lisbon"].read()
	if err != nil || at.In(lisbon).Hour() != 12 || at.In(tokyo).Hour() != 21 {
		t.Errorf("noon is %s in Lisbon and %s in Tokyo; %v", at.In(lisbon), at.In(tokyo), err)
	}
}

// tokyoData is a zone without rules, nine hours before UTC (RFC 8536, version 2).
func tokyoData(t *testing.T) []byte {
	t.Helper()
	header := "TZif2" + strings.Repeat("\x00", 15+4*4) + "\x00\x00\x00\x01\x00\x00\x00\x04"
	block := "\x00\x00\x7e\x90\x00\x00JST\x00"
	data := []byte(header + block + header + block + "\nJST-9\n")
	if zone, err := time.LoadLocationFromTZData("JST", data); err != nil || time.Unix(0, 0).In(zone).Hour() != 9 {
		t.Fatal(zone, err)
	}
	return data
}
