package edge

import "net/http"

// vary tells caches what an answer depends on, besides what others have told: the
// names of headers, between commas.
func vary(h http.Header, on string) {
	list := h["Vary"]
	if list == nil {
		list = make([]string, 0, 8) // as many layers as may have something to tell
	}
	h["Vary"] = append(list, on)
}
