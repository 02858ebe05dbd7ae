package sim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
)

// Base returns the base URL that tests use: V1's, or that of the version in SIM_VERSION, so
// that one suite tests both.
func Base() string {
	if os.Getenv("SIM_VERSION") == "v2" {
		return "http://census.test/api/v2"
	}
	return "http://census.test/api/v1"
}

// Body returns Census's answer to a GET of a path below /api/v1, byte for byte.
func (c *Census) Body(path string) string {
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1"+path, nil))
	if w.Code != http.StatusOK {
		panic(fmt.Sprintf("sim: GET %s answers %d", path, w.Code))
	}
	return w.Body.String()
}
