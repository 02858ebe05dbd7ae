package sim

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// answer sends the normal answer.
func (c *Census) answer(w http.ResponseWriter, r *http.Request) {
	version, path := apiPath(r.URL.Path)
	switch {
	case version == none:
		notFound().send(w)
	case !c.authorized(version, r):
		c.sendUnauthorized(w)
	case version == v2:
		a := c.route(version, path, r)
		if a.code == http.StatusNotFound {
			a = c.opt.V2.missing()
		}
		a.send(w)
	default:
		c.route(version, path, r).send(w)
	}
}

// route finds the endpoint. Census documents no list of runs across syncs that route could answer.
func (c *Census) route(v version, path string, r *http.Request) reply {
	part := strings.Split(path[1:], "/")
	route := r.Method + " " + part[0]
	var id int64
	if len(part) > 1 {
		id, _ = strconv.ParseInt(part[1], 10, 64) // no record has the id 0
		route += "/{id}"
	}
	if len(part) > 2 {
		route += "/" + strings.Join(part[2:], "/")
	}
	now := c.nowMS()
	switch route {
	case "GET syncs":
		return c.listSyncs(r, v, now)
	case "GET syncs/{id}":
		return c.fetchSync(v, id, now)
	case "GET syncs/{id}/sync_runs":
		return c.listRuns(r, v, id, now)
	case "POST syncs/{id}/trigger":
		return c.trigger(v, id, now, forcesFullSync(r))
	case "GET sync_runs/{id}":
		return c.fetchRun(v, id, now)
	case "POST sync_runs/{id}/cancel":
		return c.cancel(v, id, now)
	}
	if v == v2 {
		switch route {
		case "GET sources":
			return c.listConnections(r, v, &c.sources, appendSourceV2)
		case "GET sources/{id}":
			return c.fetchConnection(v, &c.sources, id, appendSourceV2)
		case "GET activations":
			return c.listActivations(r)
		case "GET activations/{id}":
			return c.fetchActivation(part[1])
		}
		return notFound()
	}
	switch route {
	case "GET sources":
		return c.listConnections(r, v, &c.sources, appendSource)
	case "GET sources/{id}":
		return c.fetchConnection(v, &c.sources, id, appendSource)
	case "GET destinations":
		return c.listConnections(r, v, &c.destinations, appendDestination)
	case "GET destinations/{id}":
		return c.fetchConnection(v, &c.destinations, id, appendDestination)
	case "GET workspace":
		return reply{http.StatusOK, []byte(workspace)}
	}
	return notFound()
}

const workspace = `{"status":"success","data":{"id":7,"name":"Acme Production","organization_id":3,` +
	`"created_at":"2023-02-14T09:30:00.000Z","notification_emails":["data-team@example.com"],"plan_tier":"enterprise"}}`

// authorized accepts a bearer token, and HTTP Basic with the user "bearer", which Census's own
// older documents use.
func (c *Census) authorized(v version, r *http.Request) bool {
	want := c.opt.Token
	if v == v2 {
		want = cmp.Or(c.opt.PersonalToken, want)
	}
	if want == "" {
		return true
	}
	if user, password, ok := r.BasicAuth(); ok {
		return user == "bearer" && password == want
	}
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(kind, "bearer") && token == want
}

func (c *Census) sendUnauthorized(w http.ResponseWriter) {
	if c.opt.PlainText401 {
		Status(http.StatusUnauthorized, "text/plain; charset=utf-8", "HTTP Token: Access denied.\n")(w, nil, nil)
		return
	}
	reply{http.StatusUnauthorized, []byte(`{"status":401}`)}.send(w)
}

// forcesFullSync reads force_full_sync from the query, where Census documents it, or from a
// JSON body, where most clients send it.
func forcesFullSync(r *http.Request) bool {
	if v, err := strconv.ParseBool(r.URL.Query().Get("force_full_sync")); err == nil {
		return v
	}
	var body struct {
		Force bool `json:"force_full_sync"`
	}
	if r.Body != nil {
		text, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10))
		if json.Unmarshal(text, &body) != nil {
			return false
		}
	}
	return body.Force
}
