package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// A cursor is how far an export has come: what its file holds.
type cursor struct {
	Version int      `json:"version"` // 1
	Since   string   `json:"since"`
	Syncs   []string `json:"syncs,omitempty"`
	Format  string   `json:"format"`
	After   *string  `json:"after"` // the gateway's cursor; null before the first page
	Open    []string `json:"open"`  // ids of runs before After that are not written yet
	Runs    int64    `json:"runs"`  // written in all
	File    string   `json:"file,omitempty"`
	Bytes   int64    `json:"bytes,omitempty"` // of File that are complete
}

// readCursor is where to go on: the cursor file's place, or the beginning.
func readCursor(o Options) (cursor, error) {
	fresh := cursor{Version: 1, Since: o.Since, Syncs: o.Syncs, Format: o.Format}
	text, err := []byte(nil), fs.ErrNotExist
	if o.Cursor != "" {
		text, err = os.ReadFile(o.Cursor)
	}
	if errors.Is(err, fs.ErrNotExist) {
		if o.Since == "" {
			return cursor{}, errors.New("--since is missing: it is needed unless there is a cursor file")
		}
		return fresh, nil
	}
	if err != nil {
		return cursor{}, err
	}
	var c cursor
	if err := json.Unmarshal(text, &c); err != nil || c.Version != 1 {
		return cursor{}, fmt.Errorf("%s is not a cursor file of this version of export", o.Cursor)
	}
	switch {
	case o.Since != "" && o.Since != c.Since:
		return cursor{}, fmt.Errorf("%s belongs to an export since %s, not %s", o.Cursor, c.Since, o.Since)
	case !slices.Equal(o.Syncs, c.Syncs):
		return cursor{}, fmt.Errorf("%s belongs to an export of the syncs %q, not %q", o.Cursor, c.Syncs, o.Syncs)
	case o.Format != c.Format:
		return cursor{}, fmt.Errorf("%s belongs to an export as %s, not %s", o.Cursor, c.Format, o.Format)
	}
	return c, nil
}

// save puts c into file in one step: a reader finds the old one or the new one.
func (c cursor) save(file string) error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone, unless something fails
	_, err = f.Write(append(text, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
