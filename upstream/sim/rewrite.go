package sim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
)

// Rewrite changes the body of the normal answer.
func Rewrite(change func(body []byte) []byte) Effect {
	return func(w http.ResponseWriter, r *http.Request, normal http.Handler) {
		a := record(r, normal)
		a.copyHead(w)
		w.Write(change(a.body))
	}
}

// Replace replaces every old by new in the body of the normal answer:
// Replace(`"status":"completed"`, `"status":"defrosting"`).
func Replace(old, new string) Effect {
	return Rewrite(func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(old), []byte(new)) })
}

// Field sets a key to a raw JSON value, which may be invalid: Field("records_failed", "NaN").
// "" removes the key. It applies wherever the key occurs from "data" on: in the run or sync,
// in every row of a list, in the pagination.
func Field(name, raw string) Effect {
	key := []byte(strconv.Quote(name) + ":")
	return Rewrite(func(body []byte) []byte {
		start := max(bytes.Index(body, []byte(`"data":`)), 0)
		out := bytes.Clone(body[:start])
		body = body[start:]
		for {
			i := bytes.Index(body, key)
			if i < 0 {
				return append(out, body...)
			}
			var old json.RawMessage
			d := json.NewDecoder(bytes.NewReader(body[i+len(key):]))
			if d.Decode(&old) != nil {
				return append(out, body...)
			}
			rest := body[i+len(key)+int(d.InputOffset()):]
			switch {
			case raw != "":
				out = append(append(append(out, body[:i]...), key...), raw...)
			case len(rest) > 0 && rest[0] == ',':
				out, rest = append(out, body[:i]...), rest[1:]
			default: // the last key goes with the comma before it
				out = append(out, bytes.TrimSuffix(body[:i], []byte{','})...)
			}
			body = rest
		}
	})
}

// Rows changes the rows of a list and leaves the rest of the answer alone: to repeat rows, to
// add other rows, or to return nil.
func Rows(change func(rows []json.RawMessage) []json.RawMessage) Effect {
	return Rewrite(func(body []byte) []byte {
		head := []byte(`{"status":"success","data":`)
		var rows []json.RawMessage
		rest, ok := bytes.CutPrefix(body, head)
		d := json.NewDecoder(bytes.NewReader(rest))
		if !ok || d.Decode(&rows) != nil {
			return body // not a list: an error, or one run
		}
		rest = rest[d.InputOffset():]
		changed, err := json.Marshal(change(rows))
		if err != nil {
			return body
		}
		return append(append(head, changed...), rest...)
	})
}

// ChangeRequest makes Census answer another request normally: for a larger page, or another sync's
// runs.
func ChangeRequest(change func(r *http.Request)) Effect {
	return func(w http.ResponseWriter, r *http.Request, normal http.Handler) {
		other := r.Clone(r.Context())
		change(other)
		normal.ServeHTTP(w, other)
	}
}

// IgnorePerPage answers with pages of n rows, whatever page size is requested.
func IgnorePerPage(n int) Effect {
	return ChangeRequest(func(r *http.Request) { setQuery(r.URL, "per_page", n) })
}

// SamePage answers with page n, whatever page is requested.
func SamePage(n int) Effect {
	return ChangeRequest(func(r *http.Request) { setQuery(r.URL, "page", n) })
}

// EndlessPages always names a next page: the one after the requested page.
func EndlessPages() Effect {
	return func(w http.ResponseWriter, r *http.Request, normal http.Handler) {
		next := strconv.Itoa(readPageRequest(query(r), 100).number + 1)
		Chain(Field("next_page", next), Field("last_page", "1000000"))(w, r, normal)
	}
}

func setQuery(u *url.URL, name string, n int) {
	q := u.Query()
	q.Set(name, strconv.Itoa(n))
	u.RawQuery = q.Encode()
}

// BOM puts a byte order mark before the normal answer.
func BOM() Effect {
	return Rewrite(func(b []byte) []byte { return append([]byte("\ufeff"), b...) })
}

// EchoAuthorization answers with the given status and a body that contains the request's
// Authorization header, as careless proxies do.
func EchoAuthorization(code int) Effect {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		Refusal(code, "bad request: "+r.Header.Get("Authorization"))(w, r, nil)
	}
}

// SetCookie answers normally, with a cookie.
func SetCookie(cookie string) Effect {
	return func(w http.ResponseWriter, r *http.Request, normal http.Handler) {
		w.Header().Add("Set-Cookie", cookie)
		normal.ServeHTTP(w, r)
	}
}
