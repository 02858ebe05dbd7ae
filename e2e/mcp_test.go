package e2e

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"census-gateway/mcp"
	"census-gateway/upstream/sim"
)

// toolArguments returns the built-in tools, with arguments for the simulated workspace.
func toolArguments(run string) map[string]map[string]any {
	ago := func(days time.Duration) string {
		return time.Now().Add(-days * 24 * time.Hour).UTC().Format(time.RFC3339)
	}
	return map[string]map[string]any{
		"whats_failing":   {"first": 3},
		"find_sync":       {"label": "salesforce"},
		"runs_of_a_sync":  {"sync": "52", "first": 2, "outcomes": []string{"SUCCEEDED", "PARTIAL"}},
		"one_run":         {"run": run},
		"report_since":    {"since": ago(2), "syncs": []string{"52"}},
		"compare_windows": {"since": ago(1), "before": ago(0), "thenSince": ago(2), "thenBefore": ago(1), "syncs": []string{"52", "53"}},
	}
}

// keyTransport sends each request with an API key.
type keyTransport string

func (k keyTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-API-Key", string(k))
	return http.DefaultTransport.RoundTrip(r)
}

// connectMCP returns a connected MCP client.
func connectMCP(t *testing.T, transport sdk.Transport) *sdk.ClientSession {
	t.Helper()
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), transport, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	return session
}

// useTools calls each built-in tool, and checks arguments and answers against the schemas of the
// tool.
func useTools(t *testing.T, session *sdk.ClientSession, run string, more ...string) {
	t.Helper()
	listed, err := session.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	calls := toolArguments(run)
	var names []string
	for _, tool := range listed.Tools {
		names = append(names, tool.Name)
		if !tool.Annotations.ReadOnlyHint || len(tool.Description) < 20 {
			t.Errorf("%s: %+v, %q", tool.Name, tool.Annotations, tool.Description)
		}
		args, shipped := calls[tool.Name]
		if !shipped {
			continue
		}
		checkSchema(t, tool.Name+": arguments", tool.InputSchema, args)
		result, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: tool.Name, Arguments: args})
		if err != nil || result.IsError || result.StructuredContent == nil {
			t.Errorf("%s: %v: %+v", tool.Name, err, result)
			continue
		}
		checkSchema(t, tool.Name+": answer", tool.OutputSchema, result.StructuredContent)
		text := result.Content[0].(*sdk.TextContent).Text
		if len(text) < 60 || strings.Contains(text, `"errors":[{"message`) {
			t.Errorf("%s: %s", tool.Name, text)
		}
	}
	slices.Sort(names)
	want := append([]string{"compare_windows", "find_sync", "one_run", "report_since", "runs_of_a_sync", "whats_failing"}, more...)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("tools are %q, want %q", names, want)
	}
}

// checkSchema checks a value against a schema from the server.
func checkSchema(t *testing.T, what string, schema, value any) {
	t.Helper()
	text, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	plain, _ := json.Marshal(value)
	var v any
	json.Unmarshal(plain, &v)
	if err := resolved.Validate(v); err != nil {
		t.Errorf("%s: %v\n%s", what, err, plain)
	}
}

// newestRun returns the id of a run in the simulated workspace.
func newestRun(t *testing.T, g *gateway, headers ...string) string {
	t.Helper()
	var data struct {
		Sync struct {
			LatestRun struct{ DatabaseID json.Number }
		}
	}
	if err := json.Unmarshal(g.query(t, "{ sync(id: 52) { latestRun { databaseId } } }", nil, headers...).Data, &data); err != nil {
		t.Fatal(err)
	}
	return data.Sync.LatestRun.DatabaseID.String()
}

// An agent with an API key can use every tool over HTTP, and the operator's documents. Each call
// has a line in the log, and counts as an operation of the caller.
func TestMCP(t *testing.T) {
	t.Parallel()
	manifest, err := json.Marshal(map[string]string{
		"late":                          `"""Which syncs are late?""" query($n: Int! = 2) { syncs(first: $n, orderBy: {field: HEALTH}) { nodes { label } } }`,
		strings.Repeat("0af", 21) + "0": "query by_name { sync(id: 53) { label } }", // a hash as id, as in manifests
		"two":                           "query a { sync(id: 1) { label } } query b { sync(id: 1) { label } }",
		"find_sync":                     "{ sync(id: 1) { label } }",
		"old":                           "{ sync(id: 1) { gone } }",
	})
	if err != nil {
		t.Fatal(err)
	}
	g := start(t, "GATEWAY_SIMULATE=true", "GATEWAY_MCP=true", "GATEWAY_API_KEYS=agent:"+hashOf("a-key"),
		"GATEWAY_TRUSTED_DOCUMENTS="+write(t, "documents.json", string(manifest)), "GATEWAY_ONLY_TRUSTED_DOCUMENTS=false")
	run := newestRun(t, g, "X-API-Key", "a-key")
	session := connectMCP(t, &sdk.StreamableClientTransport{Endpoint: "http://" + g.host + "/mcp", HTTPClient: &http.Client{Transport: keyTransport("a-key")}, DisableStandaloneSSE: true})
	useTools(t, session, run, "late", "by_name")
	if result, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: "late"}); err != nil || result.IsError {
		t.Errorf("late: %v: %+v", err, result)
	}
	wrong, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: "report_since", Arguments: map[string]any{"since": "yesterday"}})
	if err != nil || !wrong.IsError || !strings.Contains(wrong.Content[0].(*sdk.TextContent).Text, "RFC 3339") {
		t.Errorf("a wrong argument: %v: %+v", err, wrong)
	}
	metrics := do(t, "GET", g.admin+"/metrics", "").body
	if !strings.Contains(metrics, "\ncensus_gateway_document_operations_total{document=\"mcp:whats_failing\"} 1\n") {
		t.Error("the call of a tool is not counted")
	}
	g.log.wait(t, `caller=key:agent client=127\.0\.0\.1 app=mcp type=query (operation=whats_failing)`)
	if n := strings.Count(g.log.String(), "a trusted document is not served as an MCP tool"); n != 3 {
		t.Errorf("%d documents are reported as unusable", n)
	}
}

// A caller that may not use GraphQL cannot list tools: without a key, from a page of another
// origin, or with an unknown Host. Raw requests need no session.
func TestMCPRawRequests(t *testing.T) {
	t.Parallel()
	const list = `{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{}}`
	accept := []string{"Content-Type", "application/json", "Accept", "application/json, text/event-stream"}
	open := start(t, "GATEWAY_MCP=true")
	a := do(t, "POST", "http://"+open.host+"/mcp", list, accept...)
	if a.status != 200 || !strings.Contains(a.body, `"id":7`) || !strings.Contains(a.body, "whats_failing") || a.header.Get("Mcp-Session-Id") != "" {
		t.Errorf("%d %v %.200s", a.status, a.header, a.body)
	}
	for _, tt := range [][]string{{"Origin", "https://evil.test"}, {"Host", "evil.test"}} {
		if a := do(t, "POST", "http://"+open.host+"/mcp", list, append(slices.Clone(accept), tt...)...); a.status != 403 {
			t.Errorf("%q: %d", tt, a.status)
		}
	}
	if a := do(t, "POST", "http://"+open.host+"/mcp", `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"whats_failing","arguments":{"evil":1}}}`, accept...); a.status != 200 || !strings.Contains(a.body, `"isError":true`) && !strings.Contains(a.body, `"error"`) && !strings.Contains(a.body, "totalCount") {
		t.Errorf("%d %.300s", a.status, a.body)
	}
	if a := do(t, "POST", "http://"+open.host+"/mcp", `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":"`+strings.Repeat("a", 300<<10)+`"}}`, accept...); a.status != 413 {
		t.Errorf("a large body: %d", a.status)
	}
	off := start(t)
	if a := do(t, "POST", "http://"+off.host+"/mcp", list, accept...); a.status != 404 {
		t.Errorf("switched off: %d", a.status)
	}
}

// If callers use JWTs, the server tells MCP clients which issuer to use (RFC 9728).
func TestMCPAuthorizationMetadata(t *testing.T) {
	t.Parallel()
	key := newKey(t, "k", "EC")
	g := start(t, "GATEWAY_SIMULATE=true", "GATEWAY_MCP=true", "GATEWAY_JWT_ISSUER="+issuer, "GATEWAY_JWT_AUDIENCE=census", "GATEWAY_JWT_SCOPE=read",
		"GATEWAY_JWT_JWKS="+write(t, "jwks", keySet(key)))
	headers := []string{"Content-Type", "application/json", "Accept", "application/json, text/event-stream", "Host", "gateway.test"}
	const list = `{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{}}`
	a := do(t, "POST", "http://"+g.host+"/mcp", list, headers...)
	const at = "https://gateway.test/.well-known/oauth-protected-resource/mcp"
	if a.status != 401 || !strings.Contains(a.header.Get("WWW-Authenticate"), `resource_metadata="`+at+`"`) || !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer ") {
		t.Errorf("%d %v", a.status, a.header)
	}
	a = do(t, "GET", strings.Replace(at, "https://gateway.test", "http://"+g.host, 1), "", "Host", "gateway.test")
	var metadata struct {
		Resource             string
		AuthorizationServers []string `json:"authorization_servers"`
		ScopesSupported      []string `json:"scopes_supported"`
	}
	if err := json.Unmarshal([]byte(a.body), &metadata); err != nil || metadata.Resource != "https://gateway.test/mcp" || !slices.Equal(metadata.AuthorizationServers, []string{issuer}) || !slices.Equal(metadata.ScopesSupported, []string{"read"}) {
		t.Errorf("%v: %s", err, a.body)
	}
	if a := do(t, "POST", "http://"+g.host+"/mcp", list, append(headers, "Authorization", "Bearer "+key.sign(t, nil))...); a.status != 200 {
		t.Errorf("with a JWT: %d %s", a.status, a.body)
	}
}

// An agent that starts the program can use every tool over stdio.
func TestMCPOverStdio(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{Seed: 1})
	runs := c.Runs(52)
	cmd := exec.Command(program, "mcp")
	var log transcript
	cmd.Env, cmd.Stderr = c.settings("GATEWAY_API_KEYS=agent:"+hashOf("a-key")), &log
	session := connectMCP(t, &sdk.CommandTransport{Command: cmd})
	run, _ := json.Marshal(runs[0].ID)
	useTools(t, session, string(run))
	if err := session.Close(); err != nil {
		t.Errorf("%v: %s", err, log.String())
	}
	if strings.Contains(log.String(), "CANARY") {
		t.Error("the token is in the log")
	}
}

// No built-in tool requests fields that may contain values of records or names of people.
func TestMCPToolsReturnNoRecords(t *testing.T) {
	for id, text := range mcp.Shipped {
		for _, field := range []string{"errorMessage", "errorDetail", "uiDetail", "message"} {
			if strings.Contains(text[strings.LastIndex(text, `"""`):], field) {
				t.Errorf("%s requests %s", id, field)
			}
		}
	}
}
