package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/andybalholm/brotli"
)

type manifest struct {
	Packages map[string]string `json:"packages"` // versions by name
	Entries  map[string]string `json:"entries"`
	Preload  []string          `json:"preload"`
	Files    map[string]file   `json:"files"`
}

// A file is stored as name.br and name.gz, or as it is where compression gains nothing.
type file struct {
	Size   int    `json:"size"`         // uncompressed
	SHA256 string `json:"sha256"`       // uncompressed
	Br     string `json:"br,omitempty"` // SHA-256 of the .br
	Gz     string `json:"gz,omitempty"` // SHA-256 of the .gz
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

var compressed = []string{".js", ".css", ".ttf", ".txt"}

func write(dir, name string, data []byte) (file, error) {
	f := file{Size: len(data), SHA256: hash(data)}
	at := filepath.Join(dir, name)
	if !slices.Contains(compressed, filepath.Ext(name)) {
		return f, os.WriteFile(at, data, 0o644)
	}
	br, err := brotlied(data)
	if err != nil {
		return f, fmt.Errorf("%s: %w", name, err)
	}
	gz, err := gzipped(data)
	if err != nil {
		return f, fmt.Errorf("%s: %w", name, err)
	}
	f.Br, f.Gz = hash(br), hash(gz)
	if err := os.WriteFile(at+".br", br, 0o644); err != nil {
		return f, err
	}
	return f, os.WriteFile(at+".gz", gz, 0o644)
}

// brotlied reads back what it wrote: the tests of the package that serves it cannot.
func brotlied(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	w.Write(data)
	if err := w.Close(); err != nil {
		return nil, err
	}
	back, err := io.ReadAll(brotli.NewReader(bytes.NewReader(b.Bytes())))
	if err == nil && !bytes.Equal(back, data) {
		err = fmt.Errorf("brotli does not give back what it was given")
	}
	return b.Bytes(), err
}

// gzipped leaves the time and the name out of the header, so equal files stay equal.
func gzipped(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w.Write(data)
	err = w.Close()
	return b.Bytes(), err
}

func (m manifest) write(dir string) error {
	data, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "manifest.json"), append(data, '\n'), 0o644)
}
