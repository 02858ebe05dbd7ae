package edge

import (
	"net/http"
	"slices"
)

// Chain puts layers around h, given outermost first. A nil layer is left out,
// so that an optional one can stand in the list.
func Chain(h http.Handler, layers ...func(http.Handler) http.Handler) http.Handler {
	for _, layer := range slices.Backward(layers) {
		if layer != nil {
			h = layer(h)
		}
	}
	return h
}
