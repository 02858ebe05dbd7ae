package sim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
)

// Body returns Census's answer to a GET of a path below /api/v1, byte for byte.
func (c *Census) Body(path string) string {
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1"+path, nil))
	if w.Code != http.StatusOK {
		panic(fmt.Sprintf("sim: GET %s answers %d", path, w.Code))
	}
	return w.Body.String()
}
