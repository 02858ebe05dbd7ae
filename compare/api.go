// Package compare reads a Census through version 1 and version 2 of its API, before a gateway
// is switched from one to the other. It finds which syncs only one of them shows, whether both
// return the same runs, and the shape of V2's records. It shares no code with the gateway's
// client, so that it can find that client's mistakes.
//
// [Compare] reads both versions; [Report.Write] prints the result, and [Report.Safe] returns
// the reasons against the switch.
package compare

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// An API is one version of the API, as one token sees it.
type API struct {
	Base      string // host and prefix, without a slash at the end
	Token     string
	Basic     bool              // send the token by HTTP Basic as user "bearer"
	Transport http.RoundTripper // must not follow redirects
}

// The limits of one comparison.
const (
	maxPages   = 400
	pageRows   = 50 // syncs are large, up to 48 KB each
	maxBody    = 16 << 20
	callTime   = 30 * time.Second
	maxTries   = 3
	maxWaiting = time.Minute
)

// A record is one JSON object as Census sent it.
type record = map[string]any

// get reads one answer, with retries.
func (a API) get(ctx context.Context, path string) (record, error) {
	for try := 1; ; try++ {
		answer, wait, err := a.try(ctx, path)
		if err == nil || wait == 0 || try == maxTries {
			return answer, err
		}
		select {
		case <-time.After(min(wait, maxWaiting)):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// try makes one call. wait is the time after which a retry may succeed; 0: no retry will.
func (a API) try(ctx context.Context, path string) (answer record, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.Base+path, nil)
	if err != nil {
		return nil, 0, errors.New("invalid base URL")
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "census-gateway")
	if a.Basic {
		r.SetBasicAuth("bearer", a.Token)
	} else {
		r.Header.Set("Authorization", "Bearer "+a.Token)
	}
	resp, err := a.Transport.RoundTrip(r)
	if err != nil {
		return nil, time.Second, fmt.Errorf("GET %s: %w", path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	switch {
	case err != nil:
		return nil, time.Second, fmt.Errorf("GET %s: %w", path, err)
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		wait = max(time.Duration(seconds)*time.Second, time.Second)
		return nil, wait, fmt.Errorf("GET %s: Census answered %d", path, resp.StatusCode)
	case resp.StatusCode != http.StatusOK:
		return nil, 0, fmt.Errorf("GET %s: Census answered %d", path, resp.StatusCode)
	}
	if answer, err = object(text); err != nil {
		return nil, 0, fmt.Errorf("GET %s: the answer is not a JSON object", path)
	}
	return answer, 0, nil
}

// object decodes a JSON object.
func object(text []byte) (answer record, err error) {
	err = json.Unmarshal(text, &answer)
	if err == nil && answer == nil {
		err = errors.New("null")
	}
	return answer, err
}

// page reads one page of a list.
func (a API) page(ctx context.Context, path string, number, rows int, order string) (list []record, more bool, err error) {
	answer, err := a.get(ctx, fmt.Sprintf("%s?order=%s&page=%d&per_page=%d", path, order, number, rows))
	if err != nil {
		return nil, false, err
	}
	data, ok := answer["data"].([]any)
	if !ok {
		return nil, false, fmt.Errorf("GET %s: the answer has no list in data", path)
	}
	for _, row := range data {
		if row, ok := row.(record); ok {
			list = append(list, row)
		}
	}
	more = len(data) >= rows
	if pagination, ok := answer["pagination"].(record); ok {
		if next, sent := pagination["next_page"]; sent {
			more = next != nil
		}
	}
	return list, more && len(data) > 0, nil
}

// all reads a whole list, each record once.
func (a API) all(ctx context.Context, path string) (all []record, err error) {
	seen := map[string]bool{}
	for number := 1; ; number++ {
		if number > maxPages {
			return nil, fmt.Errorf("GET %s: more than %d pages", path, maxPages)
		}
		rows, more, err := a.page(ctx, path, number, pageRows, "asc")
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if id := text(row["id"]); id != "" && !seen[id] {
				seen[id] = true
				all = append(all, row)
			}
		}
		if !more {
			return all, nil
		}
	}
}

// text formats a JSON scalar as text; "" for null, objects and lists.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// at returns the value in a record under keys, each inside the value of the one before.
func at(v any, keys ...string) any {
	for _, key := range keys {
		inner, _ := v.(record)
		v = inner[key]
	}
	return v
}
