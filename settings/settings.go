// Package settings defines every setting of the program: names, defaults and ranges
// (settings.go), where values are read from (read.go, file.go), and which values are rejected
// (check.go, numbers.go).
package settings

import "time"

// Settings are the settings of the program. Each has a flag, and a name in the environment that
// is also its name in a settings file. A flag overrides the environment, and the environment
// overrides the file. A number has a range. A setting marked fixed cannot change while the
// gateway runs.
type Settings struct {
	Addr      string `env:"GATEWAY_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Listen address (default ${default}). With a Census token set, any address other than loopback needs API keys, JWTs, pass-through or GATEWAY_ALLOW_OPEN." group:"Where" fixed:""`
	AdminAddr string `env:"GATEWAY_ADMIN_ADDR" placeholder:"HOST:PORT" help:"Listen address for /metrics, /livez and /readyz. It asks for no credentials: keep clients away from it." group:"Where" fixed:""`
	SimAddr   string `env:"GATEWAY_SIM_ADDR" placeholder:"HOST:PORT" help:"Listen address for the REST API of the simulated Census, to try with curl." group:"Where" fixed:""`

	SimVersion string `env:"GATEWAY_SIM_VERSION" default:"v1" placeholder:"v1|v2|gone" help:"Version of the simulated Census's API; gone simulates V1 after its retirement (default ${default})." group:"Census" fixed:""`

	Token       string `name:"census-api-token" env:"CENSUS_API_TOKEN" secret:"" placeholder:"TOKEN" help:"Token of Census: a workspace access token on V1, a personal access token on V2. Set it in the environment, because other users of the machine can read flags." group:"Census" fixed:""`
	BaseURL     string `name:"census-base-url" env:"CENSUS_BASE_URL" default:"${baseURL}" placeholder:"URL" help:"Base URL of the Census API (default ${default}). EU: https://app-eu.getcensus.com/api/v1. V2: https://app.getcensus.com/api/v2." group:"Census" fixed:""`
	Groups      string `name:"census-groups" env:"CENSUS_GROUPS" placeholder:"GROUP[=NAME],…" help:"Groups of V2 whose syncs are served, with optional display names (default: all groups that the token can read)." group:"Census" fixed:""`
	Auth        string `name:"census-auth" env:"CENSUS_AUTH" default:"bearer" placeholder:"bearer|basic" help:"How to send the token to Census (default ${default})." group:"Census" fixed:""`
	Calls       int    `name:"census-calls" env:"GATEWAY_CENSUS_CALLS" default:"64" range:"16..256" help:"Concurrent calls to Census, 16 to 256 (default ${default}). At most 8 are for one sync, and fewer run while Census fails." group:"Census" fixed:""`
	Simulate    bool   `env:"GATEWAY_SIMULATE" help:"Serve a simulated Census with made-up syncs and runs. This is also what the gateway does without any setting." group:"Census" fixed:""`
	AllowHTTP   bool   `name:"allow-http" env:"GATEWAY_ALLOW_HTTP" help:"Allow http:// in CENSUS_BASE_URL and GATEWAY_JWT_JWKS for other machines. The network between can then read the token and forge keys." group:"Census" fixed:""`
	PassThrough bool   `env:"GATEWAY_PASS_THROUGH" help:"Call Census with each caller's own token instead of a shared one." group:"Census" fixed:""`

	APIKeys     string   `name:"api-keys" env:"GATEWAY_API_KEYS" secret:"" placeholder:"NAME:SHA256,…" help:"API keys of callers, by name and hash; make them with --new-key." group:"Callers"`
	APIKeysFile string   `name:"api-keys-file" env:"GATEWAY_API_KEYS_FILE" placeholder:"FILE" help:"File of API keys, one \"NAME SHA256\" per line." group:"Callers"`
	JWTIssuer   string   `name:"jwt-issuer" env:"GATEWAY_JWT_ISSUER" placeholder:"URL" help:"Issuer of the callers' JWTs." group:"Callers"`
	JWTAudience []string `name:"jwt-audience" env:"GATEWAY_JWT_AUDIENCE" placeholder:"NAME" help:"Accepted audiences; a JWT must name one of them." group:"Callers"`
	JWTKeys     string   `name:"jwt-jwks" env:"GATEWAY_JWT_JWKS" placeholder:"URL|FILE" help:"Public keys of the issuer (JWKS)." group:"Callers"`
	JWTScope    string   `name:"jwt-scope" env:"GATEWAY_JWT_SCOPE" placeholder:"WORD" help:"Scope that a JWT must have (default: none)." group:"Callers"`
	AllowOpen   bool     `env:"GATEWAY_ALLOW_OPEN" help:"Allow everyone who reaches the listen address to use the shared Census token." group:"Callers"`
	CORSOrigins []string `name:"cors-origins" env:"GATEWAY_CORS_ORIGINS" placeholder:"ORIGIN" help:"Allowed origins of web pages, such as https://app.example.com, and of apps, such as capacitor://localhost or chrome-extension://ID. * allows all, if callers must send credentials (default: none)." group:"Callers"`
	Proxies     []string `name:"trusted-proxies" env:"GATEWAY_TRUSTED_PROXIES" placeholder:"NETWORK" help:"Networks of proxies whose X-Forwarded-For is trusted for the client address in the log, for example 10.0.0.0/8 (default: none)." group:"Callers"`
	Hosts       []string `env:"GATEWAY_HOSTS" placeholder:"NAME" help:"Additional host names accepted by an open gateway, and by the metrics address on loopback." group:"Callers"`

	WatchCalls       int    `env:"GATEWAY_WATCH_CALLS" default:"120" range:"1..6000" help:"Maximum calls to Census in any minute to watch syncs for subscriptions, sync metrics and the alert webhook, 1 to 6000 (default ${default}). With fewer calls, changes are seen later if there are many syncs." group:"Live" fixed:""`
	MaxSubscriptions int    `env:"GATEWAY_MAX_SUBSCRIPTIONS" default:"1000" range:"1..1073741824" help:"Maximum open subscriptions of one caller (default ${default}). All callers of an open gateway count as one." group:"Live" fixed:""`
	SyncMetrics      bool   `env:"GATEWAY_SYNC_METRICS" help:"Serve metrics of every sync at /metrics/syncs on GATEWAY_ADMIN_ADDR. Watching them makes up to GATEWAY_WATCH_CALLS calls a minute." group:"Live" fixed:""`
	AlertWebhook     string `env:"GATEWAY_ALERT_WEBHOOK" placeholder:"URL" help:"Post changes of the alerts of all syncs to this URL, as JSON that Slack's incoming webhooks accept; https://, or http:// on this machine. Watching the syncs makes up to GATEWAY_WATCH_CALLS calls a minute." group:"Live" secret:"" fixed:""`
	AlertSecret      string `env:"GATEWAY_ALERT_SECRET" placeholder:"KEY" help:"Key of the header X-Signature of these posts: base64 of HMAC-SHA256 over the body." group:"Live" secret:"" fixed:""`

	WebhookSecrets []string `env:"GATEWAY_WEBHOOK_SECRETS" secret:"" placeholder:"SECRET,…" help:"Secrets of Census's webhooks; several while one replaces another. Without any, /webhooks/census is not served." group:"Live"`

	Documents     string `name:"trusted-documents" env:"GATEWAY_TRUSTED_DOCUMENTS" placeholder:"PATH" help:"Trusted documents, which clients send by id: a folder of .graphql files, or a manifest." group:"What is served"`
	OnlyTrusted   bool   `name:"only-trusted-documents" env:"GATEWAY_ONLY_TRUSTED_DOCUMENTS" help:"Reject all operations other than trusted documents." group:"What is served"`
	Introspection bool   `env:"GATEWAY_INTROSPECTION" default:"true" negatable:"" help:"Answer __schema and __type, suggest names, and serve /schema.graphql (default ${default})." group:"What is served"`
	GraphiQL      bool   `name:"graphiql" env:"GATEWAY_GRAPHIQL" default:"true" negatable:"" help:"Serve GraphiQL at /, /graphiql and /playground (default ${default}). It is off with GATEWAY_ONLY_TRUSTED_DOCUMENTS." group:"What is served"`
	Dashboard     *bool  `env:"GATEWAY_DASHBOARD" negatable:"" help:"Serve the dashboard at /dashboard, and accept its operations as trusted documents (default: only with the simulated Census)." group:"What is served"`

	Federation bool `env:"GATEWAY_FEDERATION" help:"Be a subgraph of Apollo Federation 2: answer _service and _entities." group:"What is served"`
	MCP        bool `name:"mcp" env:"GATEWAY_MCP" help:"Serve tools of the Model Context Protocol at /mcp: six of the gateway's own, and the trusted documents." group:"What is served"`

	PageCache   int64         `env:"GATEWAY_PAGE_CACHE" default:"${pageCache}" range:"0..1TiB" type:"bytes" placeholder:"BYTES" help:"Size of the cache of Census pages; 0 turns it off (default an eighth of memory, 64MiB to 1GiB; here ${default})." group:"Memory" fixed:""`
	AnswerCache int64         `env:"GATEWAY_ANSWER_CACHE" default:"32MiB" range:"0..1TiB" type:"bytes" placeholder:"BYTES" help:"Size of the cache of whole answers, which are kept while their data is fresh; 0 turns it off (default ${default})." group:"Memory" fixed:""`
	Freshness   time.Duration `env:"GATEWAY_FRESHNESS" default:"5s" range:"0s..1h" help:"How long data that may change stays fresh in the caches, 0s to 1h (default ${default})." group:"Memory" fixed:""`
	Stale       time.Duration `env:"GATEWAY_STALE" default:"1h" range:"0s..24h" help:"How long stale data may be served, marked as stale, while Census fails, 0s to 24h (default ${default})." group:"Memory" fixed:""`

	RedisURL     string        `name:"redis-url" env:"REDIS_URL" secret:"" placeholder:"URL" help:"Redis or Valkey that several gateways of one Census share: redis://HOST:6379, or rediss://USER:PASSWORD@HOST:6379 with TLS (default: gateways share nothing)." group:"Several gateways" fixed:""`
	RedisTimeout time.Duration `name:"redis-timeout" env:"REDIS_TIMEOUT" default:"5ms" range:"1ms..1s" help:"How long an answer may wait for Redis, 1ms to 1s (default ${default})." group:"Several gateways" fixed:""`

	Timeout       time.Duration `name:"operation-timeout" env:"GATEWAY_OPERATION_TIMEOUT" default:"10s" range:"100ms..30s" help:"Timeout of one operation, 100ms to 30s (default ${default})." group:"Limits" fixed:""`
	MaxBody       int64         `env:"GATEWAY_MAX_BODY" default:"256KiB" range:"1..1GiB" type:"bytes" placeholder:"BYTES" help:"Maximum size of a request body (default ${default})." group:"Limits"`
	MaxDocument   int           `env:"GATEWAY_MAX_DOCUMENT" default:"64KiB" range:"1..1GiB" type:"bytes" placeholder:"BYTES" help:"Maximum size of a document (default ${default})." group:"Limits"`
	MaxTokens     int           `env:"GATEWAY_MAX_TOKENS" default:"2000" range:"1..1073741824" help:"Maximum tokens in a document (default ${default})." group:"Limits"`
	MaxDepth      int           `env:"GATEWAY_MAX_DEPTH" default:"12" range:"1..1073741824" help:"Maximum depth of fields, introspection excluded (default ${default})." group:"Limits"`
	MaxAliases    int           `env:"GATEWAY_MAX_ALIASES" default:"30" range:"1..1073741824" help:"Maximum aliases in an operation (default ${default})." group:"Limits"`
	MaxRootFields int           `env:"GATEWAY_MAX_ROOT_FIELDS" default:"20" range:"1..1073741824" help:"Maximum root fields (default ${default})." group:"Limits"`
	MaxDirectives int           `env:"GATEWAY_MAX_DIRECTIVES" default:"50" range:"1..1073741824" help:"Maximum directives in an operation (default ${default})." group:"Limits"`
	MaxSelections int           `env:"GATEWAY_MAX_SELECTIONS" default:"10000" range:"1..1073741824" help:"Maximum selections, after fragments are expanded (default ${default})." group:"Limits"`
	MaxPages      int           `env:"GATEWAY_MAX_PAGES" default:"1500" range:"1..1073741824" help:"Maximum cost of an operation, in Census pages (default ${default})." group:"Limits"`
	MaxSending    int64         `env:"GATEWAY_MAX_SENDING" default:"128MiB" range:"1MiB..1TiB" type:"bytes" placeholder:"BYTES" help:"Total size of large answers in memory, both being made and being sent; further ones are rejected (default ${default})." group:"Limits" fixed:""`
	MaxInFlight   int           `env:"GATEWAY_MAX_IN_FLIGHT" default:"256" range:"1..1073741824" help:"Concurrent operations; a further one waits 100 ms for a place and is then rejected (default ${default})." group:"Limits"`
	Rate          float64       `env:"GATEWAY_RATE" default:"0" range:"0..1000000" help:"Requests per second of one caller; 0 means no limit (default 0). All callers of an open gateway count as one." group:"Limits"`
	Burst         int           `env:"GATEWAY_BURST" default:"20" range:"1..1073741824" help:"Requests that one caller may send in a burst, if GATEWAY_RATE is set (default ${default})." group:"Limits"`

	HeaderTimeout  time.Duration `env:"GATEWAY_HEADER_TIMEOUT" default:"5s" range:"100ms..1h" help:"Timeout for reading the request line and headers (default ${default})." group:"Connections" fixed:""`
	BodyTimeout    time.Duration `env:"GATEWAY_BODY_TIMEOUT" default:"15s" range:"100ms..1h" help:"Timeout for reading a whole request, from its first byte (default ${default})." group:"Connections" fixed:""`
	AnswerTimeout  time.Duration `env:"GATEWAY_ANSWER_TIMEOUT" default:"30s" range:"100ms..1h" help:"Timeout for sending an answer, in addition to that of the operation (default ${default})." group:"Connections" fixed:""`
	IdleTimeout    time.Duration `env:"GATEWAY_IDLE_TIMEOUT" default:"75s" range:"100ms..1h" help:"How long an idle connection stays open (default ${default}). Keep it longer than the idle timeout of the load balancer in front." group:"Connections" fixed:""`
	MaxHeader      int           `env:"GATEWAY_MAX_HEADER" default:"16KiB" range:"8KiB..1MiB" type:"bytes" placeholder:"BYTES" help:"Maximum size of the request line and headers, 8KiB to 1MiB (default ${default})." group:"Connections" fixed:""`
	MaxConnections int           `env:"GATEWAY_MAX_CONNECTIONS" default:"1024" range:"1..1073741824" help:"Maximum open connections; a further one replaces an idle one, or waits (default ${default})." group:"Connections" fixed:""`

	LameDuck time.Duration `env:"GATEWAY_LAME_DUCK" default:"0s" range:"0s..1m" help:"How long to keep serving at shutdown after /readyz fails, so that load balancers notice (default ${default})." group:"Connections" fixed:""`

	LogFormat string `env:"GATEWAY_LOG_FORMAT" default:"text" placeholder:"text|json" help:"Log format (default ${default})." group:"Log" fixed:""`
	LogLevel  string `env:"GATEWAY_LOG_LEVEL" default:"info" placeholder:"debug|info|warn|error" help:"Minimum log level (default ${default})." group:"Log"`
	Pprof     bool   `env:"GATEWAY_PPROF" help:"Serve /debug/pprof/ at GATEWAY_ADMIN_ADDR." group:"Log" fixed:""`

	File        string  `name:"settings" env:"GATEWAY_SETTINGS" placeholder:"FILE" help:"File of settings, one NAME=value per line, with the names of the environment. SIGHUP reads it again, with all files it names." fixed:""`
	CheckConfig bool    `help:"Check and print the settings, call Census once, and exit. Status 1 means that a check failed."`
	NewKey      *string `placeholder:"NAME" help:"Make an API key and exit. Its line for the key file goes to stdout, the key itself to stderr."`
	Version     bool    `help:"Print the version and exit."`

	tokenNamed  bool // CENSUS_API_TOKEN is set, possibly to an empty value
	groupsNamed bool // CENSUS_GROUPS is set, possibly to an empty value
}

// Keyed reports whether callers must send an API key or a JWT.
func (s Settings) Keyed() bool {
	return s.APIKeys != "" || s.APIKeysFile != "" || s.JWTIssuer != ""
}

// ServesGraphiQL reports whether GraphiQL is served. It is not served if only trusted
// documents are accepted, because every query written there would be rejected.
func (s Settings) ServesGraphiQL() bool { return s.GraphiQL && !s.OnlyTrusted }

// ServesDashboard reports whether the dashboard is served.
func (s Settings) ServesDashboard() bool {
	if s.Dashboard != nil {
		return *s.Dashboard
	}
	return s.Simulated()
}

// SimAPI returns the version of the simulated Census's API, as in its path.
func (s Settings) SimAPI() string {
	if s.SimVersion == "v2" {
		return "v2"
	}
	return "v1"
}

// Simulated reports whether the gateway serves a simulated Census.
func (s Settings) Simulated() bool { return s.Simulate || s.Token == "" && !s.PassThrough }
