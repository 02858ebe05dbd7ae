package sim

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// Status answers with the given status and body.
func Status(code int, contentType, body string) Effect {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(code)
		if code != http.StatusNoContent {
			w.Write([]byte(body))
		}
	}
}

// Then applies one effect to the first call and another to the rest.
func Then(first, rest Effect) Effect {
	var called atomic.Bool
	return func(w http.ResponseWriter, r *http.Request, normal http.Handler) {
		if called.CompareAndSwap(false, true) {
			first(w, r, normal)
			return
		}
		rest(w, r, normal)
	}
}

// JSON answers with the given status and JSON body.
func JSON(code int, body string) Effect { return Status(code, "application/json; charset=utf-8", body) }

// HTML answers with the given status and a page of HTML, as a proxy before Census does.
func HTML(code int) Effect {
	return Status(code, "text/html", "<html><head><title>"+strconv.Itoa(code)+"</title></head><body><center><h1>"+
		http.StatusText(code)+"</h1></center><hr><center>nginx</center></body></html>\n")
}

// Refusal answers {"status":"error","message":…}. Census sends that with 400 and, according to
// its documents, perhaps with 200.
func Refusal(code int, message string) Effect {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		a := badRequest(message)
		a.code = code
		a.send(w)
	}
}

// Throttle answers 429. retryAfter is the value of Retry-After: seconds, an HTTP date or an
// invalid value. If it is "", there is no header.
func Throttle(retryAfter string) Effect {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		JSON(http.StatusTooManyRequests, `{"status":429}`)(w, r, nil)
	}
}

// ThrottleUntil answers 429 with a Retry-After date.
func ThrottleUntil(t time.Time) Effect { return Throttle(t.UTC().Format(http.TimeFormat)) }

// Redirect redirects the client to url.
func Redirect(code int, url string) Effect {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Location", url)
		w.WriteHeader(code)
	}
}

// Delay waits for d, or until the client leaves, and then answers normally.
func Delay(d time.Duration) Effect {
	return func(w http.ResponseWriter, r *http.Request, normal http.Handler) {
		pause(r, d)
		normal.ServeHTTP(w, r)
	}
}

// Hang never answers; it ends when the client leaves.
func Hang() Effect {
	return func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
}

// HangAfterHeaders sends only the normal status and headers.
func HangAfterHeaders() Effect {
	return func(w http.ResponseWriter, r *http.Request, normal http.Handler) {
		a := record(r, normal)
		a.copyHead(w)
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
}

// Drip sends the normal answer n bytes at a time, with a pause after each.
func Drip(n int, each time.Duration) Effect {
	return func(w http.ResponseWriter, r *http.Request, normal http.Handler) {
		a := record(r, normal)
		a.copyHead(w)
		for body := a.body; len(body) > 0; {
			part := body[:min(max(n, 1), len(body))]
			body = body[len(part):]
			if _, err := w.Write(part); err != nil {
				return
			}
			http.NewResponseController(w).Flush()
			pause(r, each)
		}
	}
}

// pause waits, and aborts the call if the client leaves meanwhile.
func pause(r *http.Request, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
		panic(http.ErrAbortHandler)
	}
}
