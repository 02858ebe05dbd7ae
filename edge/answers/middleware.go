package answers

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Middleware answers from memory if it can, and otherwise by next. Each call of Middleware keeps
// its own answers. Answers made by one next are never given for another, so a Cache can outlive a
// change of handlers.
//
// wait limits the time of a request that waits for another's answer and then has to run itself,
// because there is no answer to share. 0 means no limit. next limits its own time; set wait a
// little longer than that.
func (c *Cache) Middleware(wait time.Duration) func(next http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		if c.store.limit <= 0 {
			return next
		}
		return &layer{c, next, wait, c.layers.Add(1)}
	}
}

// ServeHTTP answers r from memory, waits for an identical request in progress, or calls next.
func (l *layer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	buf := l.bufs.Get().(*[]byte)
	defer l.bufs.Put(buf)
	key, ok := appendKey((*buf)[:0], l.id, r)
	*buf = key
	if !ok {
		l.next.ServeHTTP(w, r)
		return
	}
	a, f, lead := l.lookup(key)
	if a == nil && !lead {
		if l.wait > 0 {
			ctx, cancel := context.WithTimeout(r.Context(), l.wait)
			defer cancel()
			r = r.WithContext(ctx)
		}
		if a = l.await(r.Context(), f); a == nil {
			f, lead = l.soloFlight(key), true
		}
	}
	if lead {
		l.misses.Add(1)
		l.runFlight(w, r, f)
		return
	}
	l.hits.Add(1)
	if l.opt.OnHit != nil {
		l.opt.OnHit(r, a.note)
	}
	l.write(w, r, a)
}

// runFlight runs f for r and for all requests that wait for it. It continues after r's client has
// left, until all others have left too. A panic of next propagates, and each waiting request then
// runs on its own.
func (l *layer) runFlight(w http.ResponseWriter, r *http.Request, f *flight) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cancel()
	f.cancel = cancel
	defer context.AfterFunc(r.Context(), func() { l.abandon(f) })()
	defer l.finish(f, nil)

	s := &freshness{cache: l.Cache}
	run := r.WithContext(context.WithValue(ctx, freshnessKey{}, s))
	if r.Method == http.MethodHead {
		run.Method = http.MethodGet // GET and HEAD share answers
	}
	rec := &recorder{w: w, freshness: s, header: http.Header{}, layer: l, flight: f, tagged: run.Method == http.MethodGet}
	l.next.ServeHTTP(rec, run)
	a := rec.answer()
	if a == nil {
		return
	}
	if l.opt.Note != nil {
		a.note = l.opt.Note(run)
	}
	l.finish(f, a)
	l.write(w, r, a)
}

// write answers r with a.
func (c *Cache) write(w http.ResponseWriter, r *http.Request, a *answer) {
	h := w.Header()
	match := a.tag != nil && matches(r.Header["If-None-Match"], a.tag[0])
	for _, f := range a.fields {
		if !match || !strings.HasPrefix(f.name, "Content-") { // RFC 9110, 15.4.5
			h[f.name] = f.values
		}
	}
	if len(a.vary) > 0 {
		h["Vary"] = append(h["Vary"], a.vary...)
	}
	var age time.Duration
	if a.aged {
		age = (c.now() - a.asOf).Truncate(time.Second)
		h["Age"] = []string{strconv.Itoa(int(age / time.Second))}
	}
	if a.tag != nil {
		h["Etag"] = a.tag
	}
	if a.until > 0 {
		// max-age counts from where Age does (RFC 9111, 4.2).
		h["Cache-Control"] = c.age(a.until + age)
	}
	if match {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Length"] = a.length
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.body) // an error means that the client has gone
	}
}
