package edge

import "net/http"

// addVary adds the headers named in on, separated by commas, to those that the answer depends on.
func addVary(h http.Header, on string) {
	list := h["Vary"]
	if list == nil {
		list = make([]string, 0, 8) // as many as there are layers that call addVary
	}
	h["Vary"] = append(list, on)
}
