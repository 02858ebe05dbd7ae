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

// A cursor is the position of an export: what its file holds.
type cursor struct {
	Version int      `json:"version"` // 1
	Since   string   `json:"since"`
	Syncs   []string `json:"syncs,omitempty"`
	Format  string   `json:"format"`
	After   *string  `json:"after"` // the gateway's cursor; null before the first page
	Open    []string `json:"open"`  // ids of runs before After that are not yet written
	Runs    int64    `json:"runs"`  // written in total
	File    string   `json:"file,omitempty"`
	Bytes   int64    `json:"bytes,omitempty"` // complete bytes of File
}

// readCursor returns where to resume: the position in the cursor file, or the beginning.
func readCursor(o Options) (cursor, error) {
	fresh := cursor{Version: 1, Since: o.Since, Syncs: o.Syncs, Format: o.Format}
	text, err := []byte(nil), fs.ErrNotExist
	if o.Cursor != "" {
		text, err = os.ReadFile(o.Cursor)
	}
	if errors.Is(err, fs.ErrNotExist) {
		if o.Since == "" {
			return cursor{}, errors.New("--since is missing: set it, since there is no cursor file yet")
		}
		return fresh, nil
	}
	if err != nil {
		return cursor{}, err
	}
	var c cursor
	if err := json.Unmarshal(text, &c); err != nil || c.Version != 1 {
		return cursor{}, fmt.Errorf("%s is not a cursor file of this version of export: give another --cursor, or remove the file to start again", o.Cursor)
	}
	switch {
	case o.Since != "" && o.Since != c.Since:
		return cursor{}, fmt.Errorf("%s belongs to an export with --since %s, not %s: give that value, or another --cursor", o.Cursor, c.Since, o.Since)
	case !slices.Equal(o.Syncs, c.Syncs):
		return cursor{}, fmt.Errorf("%s belongs to an export of the syncs %q, not %q: give those, or another --cursor", o.Cursor, c.Syncs, o.Syncs)
	case o.Format != c.Format:
		return cursor{}, fmt.Errorf("%s belongs to an export in the format %s, not %s: give that format, or another --cursor", o.Cursor, c.Format, o.Format)
	}
	return c, nil
}

// save replaces file with c atomically: a reader finds the old cursor or the new one.
func (c cursor) save(file string) error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // already renamed, unless something failed
	_, err = f.Write(append(text, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
