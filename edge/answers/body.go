package answers

import (
	"bytes"
	"errors"
	"io"
)

// errTooLarge says that there is more of a body than was read.
var errTooLarge = errors.New("too large to keep")

// A replay is a body that was read before, or its beginning.
type replay struct {
	read io.Reader     // what was read
	err  error         // what came after it; errTooLarge: the rest is to be read
	body io.ReadCloser // the body itself
}

// Read gives what was read first, and then what reading on had given.
func (b *replay) Read(p []byte) (int, error) {
	n, err := b.read.Read(p)
	switch {
	case n > 0 || err != io.EOF:
		return n, nil
	case b.err == errTooLarge:
		return b.body.Read(p)
	}
	return 0, b.err
}

// Close closes the body itself.
func (b *replay) Close() error { return b.body.Close() }

// replayed is body from its beginning, of which part was read until err came.
func replayed(part []byte, err error, body io.ReadCloser) *replay {
	return &replay{bytes.NewReader(bytes.Clone(part)), err, body}
}
