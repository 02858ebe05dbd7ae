package edge

import (
	"mime"
	"net/http"
	"strings"

	"census-gateway/internal/accepts"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
)

// Answers below compressFrom bytes are sent uncompressed: they fit into one packet either way.
const compressFrom = 1 << 10

// compressJitter is the maximum number of bytes added to a compressed answer, so that its size
// does not reveal how well a guess compresses with a secret (BREACH). The number depends on the
// content: repeated requests get the same size, so an attacker cannot average it out.
const compressJitter = 32

// Compress compresses answers by Accept-Encoding, with the fastest level of each encoding. At
// equal weight it uses gzip, since some tools accept zstd but cannot read it. It does not
// compress small answers, answers that are already encoded, and streams (multipart/*), whose
// parts must be sent at once.
//
// Compress makes a strong ETag weak, as nginx does, since the bytes sent are no longer those it
// identifies. With a suffix per encoding every If-None-Match would miss. A weak tag matches,
// since that header compares weakly (RFC 9110, 13.1.2). Handlers must compare weakly too, as
// net/http does.
func Compress() (func(http.Handler) http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.MinSize(compressFrom),
		gzhttp.CompressionLevel(gzip.BestSpeed),
		gzhttp.EnableZstd(true),
		gzhttp.PreferZstd(false),
		gzhttp.RandomJitter(compressJitter, 0, false),
		gzhttp.ContentTypeFilter(func(contentType string) bool {
			return !isStream(contentType) && gzhttp.DefaultContentTypeFilter(contentType)
		}),
	)
	if err != nil {
		return nil, err
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header["Accept-Encoding"] == nil {
				addVary(w.Header(), "Accept-Encoding")
				next.ServeHTTP(w, r)
				return
			}
			wrap(http.HandlerFunc(func(packed http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(&compressWriter{ResponseWriter: packed, plain: w}, r)
			})).ServeHTTP(w, r)
		})
	}, nil
}

func isStream(contentType string) bool {
	if strings.HasPrefix(contentType, "application/json") || strings.HasPrefix(contentType, accepts.GraphQL) {
		return false // nearly all answers
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		media = strings.ToLower(contentType)
	}
	return strings.HasPrefix(media, "multipart/") || media == "text/event-stream"
}

// A compressWriter decides, once the header is complete, whether to compress the answer. The
// compressor alone would delay the header of a stream until its first bytes.
type compressWriter struct {
	http.ResponseWriter                     // the compressor, or plain once decided
	plain               http.ResponseWriter // without the compressor
	decided             bool
}

func (w *compressWriter) decide() {
	if w.decided {
		return
	}
	w.decided = true
	h := w.Header()
	if isStream(h.Get("Content-Type")) {
		w.ResponseWriter = w.plain
		return
	}
	if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) && h.Get("Content-Encoding") == "" {
		h.Set("ETag", "W/"+tag)
	}
}

func (w *compressWriter) WriteHeader(status int) {
	if status >= 200 {
		w.decide()
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *compressWriter) Write(p []byte) (int, error) {
	w.decide()
	return w.ResponseWriter.Write(p)
}

// Flush sends buffered data, for handlers that use http.Flusher.
func (w *compressWriter) Flush() {
	w.decide()
	http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap serves http.ResponseController (deadlines).
func (w *compressWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
