package edge

import (
	"net/http"
	"slices"
)

// Chain wraps h in layers, given outermost first. It skips nil layers, so that a list may contain
// optional ones.
func Chain(h http.Handler, layers ...func(http.Handler) http.Handler) http.Handler {
	for _, layer := range slices.Backward(layers) {
		if layer != nil {
			h = layer(h)
		}
	}
	return h
}
