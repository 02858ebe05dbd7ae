// Package pack stores the files of a page for package edge/packed. It compresses each file once,
// with brotli and with gzip.
package pack

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

// A Manifest lists the files of a folder.
type Manifest struct {
	Packages map[string]string `json:"packages"` // versions, by name
	Entries  map[string]string `json:"entries"`
	Preload  []string          `json:"preload"`
	Files    map[string]File   `json:"files"`
}

// A File is stored as name.br and name.gz, or unchanged if compression saves nothing.
type File struct {
	Size   int    `json:"size"`         // uncompressed
	SHA256 string `json:"sha256"`       // uncompressed
	Br     string `json:"br,omitempty"` // SHA-256 of the .br
	Gz     string `json:"gz,omitempty"` // SHA-256 of the .gz
}

// Hash returns the SHA-256 hash of data in hex.
func Hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Write replaces the files of an earlier run by the given files and their manifest.
func Write(dir string, files map[string][]byte, m Manifest) error {
	if err := empty(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	m.Files = map[string]File{}
	for name, data := range files {
		f, err := write(dir, name, data)
		if err != nil {
			return err
		}
		m.Files[name] = f
	}
	data, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "manifest.json"), append(data, '\n'), 0o644)
}

// empty removes the files of an earlier run. It fails if the folder has files but no manifest.
func empty(dir string) error {
	existing, err := os.ReadDir(dir)
	if os.IsNotExist(err) || err == nil && len(existing) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "manifest.json")); err != nil {
		return fmt.Errorf("%s has files but no manifest.json; choose another output folder", dir)
	}
	return os.RemoveAll(dir)
}

var compressed = []string{".js", ".css", ".ttf", ".txt"}

func write(dir, name string, data []byte) (File, error) {
	f := File{Size: len(data), SHA256: Hash(data)}
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
	f.Br, f.Gz = Hash(br), Hash(gz)
	if err := os.WriteFile(at+".br", br, 0o644); err != nil {
		return f, err
	}
	return f, os.WriteFile(at+".gz", gz, 0o644)
}

// brotlied compresses data, and checks that it decompresses to the same bytes. The package that
// serves the file cannot check this in its tests.
func brotlied(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	w.Write(data)
	if err := w.Close(); err != nil {
		return nil, err
	}
	back, err := io.ReadAll(brotli.NewReader(bytes.NewReader(b.Bytes())))
	if err == nil && !bytes.Equal(back, data) {
		err = fmt.Errorf("brotli output does not decompress to its input")
	}
	return b.Bytes(), err
}

// gzipped compresses data. It leaves time and name out of the header, so that equal input gives
// equal output.
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
