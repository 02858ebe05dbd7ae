package edge

import "net/http"

// vary adds the headers named in on, separated by commas, to those that the answer depends on.
func vary(h http.Header, on string) {
	list := h["Vary"]
	if list == nil {
		list = make([]string, 0, 8) // as many as there are layers that call vary
	}
	h["Vary"] = append(list, on)
}
