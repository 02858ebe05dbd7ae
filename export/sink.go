package export

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A sink is where rows are written. Rows are exported once they are flushed.
type sink struct {
	to          io.Writer
	buf         *bufio.Writer
	file        *os.File // nil for a pipe
	lock        *os.File // nil without a cursor file
	bytes       int64    // complete bytes in file
	needsHeader bool     // the header line must be written before the first row
}

// openSink opens the file of an export and cuts it back to what state records as complete. If the
// file was moved away to be loaded, openSink begins a new one.
func openSink(o Options, state *cursor) (_ *sink, err error) {
	s := &sink{to: o.Out}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if o.Cursor != "" {
		if s.lock, err = lock(o.Cursor + ".lock"); err != nil {
			return nil, fmt.Errorf("%s is in use by another export: wait for it to end, or give another --cursor: %w", o.Cursor, err)
		}
	}
	switch {
	case o.To == "" && state.File != "":
		return nil, fmt.Errorf("%s belongs to an export to the file %s: give --to", o.Cursor, state.File)
	case o.To != "":
		if err := s.open(o, state); err != nil {
			return nil, err
		}
	}
	s.needsHeader = o.Format == "csv" && s.bytes == 0 && (s.file != nil || state.Runs == 0)
	s.buf = bufio.NewWriter(s)
	return s, nil
}

// open opens or creates the file that o names. The cursor file records the file before it exists,
// so that rows left by a killed export are removed.
func (s *sink) open(o Options, state *cursor) error {
	path, err := filepath.Abs(o.To)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	_, other := os.Stat(state.File)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case state.File != "" && state.File != path && !errors.Is(other, fs.ErrNotExist):
		return fmt.Errorf("this export writes to %s: move that file away before it can write to another", state.File)
	case err == nil && state.File != path:
		return fmt.Errorf("%s exists already and was not written by this export: give another --to, or move the file away", path)
	case err == nil && info.Size() < state.Bytes:
		return fmt.Errorf("%s has %d bytes, fewer than the %d exported to it: move it away to begin a new file", path, info.Size(), state.Bytes)
	case err != nil:
		state.Bytes = 0
	}
	state.File = path
	if o.Cursor != "" {
		if err := state.save(o.Cursor); err != nil {
			return err
		}
	}
	if s.file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600); err != nil {
		return err
	}
	s.to, s.bytes = s.file, state.Bytes
	if err := s.file.Truncate(state.Bytes); err != nil {
		return err
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil { // the name of a new file must survive a crash as its cursor does
		dir.Sync() // not supported everywhere
		dir.Close()
	}
	_, err = s.file.Seek(state.Bytes, io.SeekStart)
	return err
}

// Write writes to the destination of the buffer.
func (s *sink) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	s.bytes += int64(n)
	return n, err
}

// flush returns once all rows are on disk or in the pipe.
func (s *sink) flush() error {
	err := s.buf.Flush()
	if err == nil && s.file != nil {
		err = s.file.Sync()
	}
	return err
}

func (s *sink) close() {
	for _, f := range []*os.File{s.file, s.lock} {
		if f != nil {
			f.Close()
		}
	}
}
