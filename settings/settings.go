// Package settings knows all that can be set: names, defaults and ranges
// (settings.go), where values are read from (read.go, file.go), and which of them
// are refused (check.go, numbers.go).
package settings

import "time"

// Settings are all that can be set. Each has a name in the environment, which
// also stands in a settings file, and a flag. A flag beats the environment, the
// environment the file. A number is within its range. What is fixed cannot change
// while the gateway runs.
type Settings struct {
	Addr      string `env:"GATEWAY_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen (default ${default})." group:"Where" fixed:""`
	AdminAddr string `env:"GATEWAY_ADMIN_ADDR" placeholder:"HOST:PORT" help:"Where to serve /metrics, /livez and /readyz, without credentials: not for clients to reach." group:"Where" fixed:""`
	SimAddr   string `env:"GATEWAY_SIM_ADDR" placeholder:"HOST:PORT" help:"Where to serve the simulated Census's REST API too, to try it with curl." group:"Where" fixed:""`

	SimVersion string `env:"GATEWAY_SIM_VERSION" default:"v1" placeholder:"v1|v2|gone" help:"Version of the simulated Census's API that is served; gone: V1, as after its end (default ${default})." group:"Census" fixed:""`

	Token       string `name:"census-api-token" env:"CENSUS_API_TOKEN" secret:"" placeholder:"TOKEN" help:"Token of Census: a workspace access token on V1, a personal access token on V2; better set by the environment, since others on the machine can see flags." group:"Census" fixed:""`
	BaseURL     string `name:"census-base-url" env:"CENSUS_BASE_URL" default:"${baseURL}" placeholder:"URL" help:"The Census API, prefix included (default ${default}). EU: https://app-eu.getcensus.com/api/v1. V2: https://app.getcensus.com/api/v2." group:"Census" fixed:""`
	Groups      string `name:"census-groups" env:"CENSUS_GROUPS" placeholder:"GROUP[=NAME],…" help:"Groups of V2 whose syncs are served, with names for people; left out: all that the token may see." group:"Census" fixed:""`
	Auth        string `name:"census-auth" env:"CENSUS_AUTH" default:"bearer" placeholder:"bearer|basic" help:"How the token is sent (default ${default})." group:"Census" fixed:""`
	Calls       int    `name:"census-calls" env:"GATEWAY_CENSUS_CALLS" default:"64" range:"16..256" help:"Calls to Census under way at once, at most 8 of one sync, and fewer while Census fails; 16 to 256 (default ${default})." group:"Census" fixed:""`
	Simulate    bool   `env:"GATEWAY_SIMULATE" help:"Serve a simulated Census, with made-up syncs and runs. Without any setting it is served too." group:"Census" fixed:""`
	AllowHTTP   bool   `name:"allow-http" env:"GATEWAY_ALLOW_HTTP" help:"Let CENSUS_BASE_URL and GATEWAY_JWT_JWKS be http:// beyond this machine: others on the way can read the token, and forge keys." group:"Census" fixed:""`
	PassThrough bool   `env:"GATEWAY_PASS_THROUGH" help:"Ask Census with each caller's own token instead of a shared one." group:"Census" fixed:""`

	APIKeys     string   `name:"api-keys" env:"GATEWAY_API_KEYS" secret:"" placeholder:"NAME:SHA256,…" help:"Callers' API keys by name and hash; see --new-key." group:"Callers"`
	APIKeysFile string   `name:"api-keys-file" env:"GATEWAY_API_KEYS_FILE" placeholder:"FILE" help:"The same, one \"NAME SHA256\" a line." group:"Callers"`
	JWTIssuer   string   `name:"jwt-issuer" env:"GATEWAY_JWT_ISSUER" placeholder:"URL" help:"Issuer of callers' JWTs." group:"Callers"`
	JWTAudience []string `name:"jwt-audience" env:"GATEWAY_JWT_AUDIENCE" placeholder:"NAME" help:"Audiences of which a JWT must name one." group:"Callers"`
	JWTKeys     string   `name:"jwt-jwks" env:"GATEWAY_JWT_JWKS" placeholder:"URL|FILE" help:"The issuer's public keys (JWKS)." group:"Callers"`
	JWTScope    string   `name:"jwt-scope" env:"GATEWAY_JWT_SCOPE" placeholder:"WORD" help:"Scope a JWT must have; left out: none." group:"Callers"`
	AllowOpen   bool     `env:"GATEWAY_ALLOW_OPEN" help:"Let everybody who reaches this address use the shared Census token." group:"Callers"`
	CORSOrigins []string `name:"cors-origins" env:"GATEWAY_CORS_ORIGINS" placeholder:"ORIGIN" help:"Origins whose pages may ask, such as https://app.example.com, and of apps, such as capacitor://localhost or chrome-extension://ID; *, where callers show credentials: all; left out: none." group:"Callers"`
	Proxies     []string `name:"trusted-proxies" env:"GATEWAY_TRUSTED_PROXIES" placeholder:"NETWORK" help:"Networks of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8, for the client's address in the log; left out: none." group:"Callers"`
	Hosts       []string `env:"GATEWAY_HOSTS" placeholder:"NAME" help:"Further host names that an open gateway answers to, and metrics on loopback." group:"Callers"`

	Documents     string `name:"trusted-documents" env:"GATEWAY_TRUSTED_DOCUMENTS" placeholder:"PATH" help:"Operations known by id: a folder of .graphql files, or a manifest." group:"What is served"`
	OnlyTrusted   bool   `name:"only-trusted-documents" env:"GATEWAY_ONLY_TRUSTED_DOCUMENTS" help:"Refuse all other operations." group:"What is served"`
	Introspection bool   `env:"GATEWAY_INTROSPECTION" default:"true" negatable:"" help:"Answer __schema and __type, suggest names, and serve /schema.graphql (default ${default})." group:"What is served"`
	GraphiQL      bool   `name:"graphiql" env:"GATEWAY_GRAPHIQL" default:"true" negatable:"" help:"Serve GraphiQL at /, /graphiql and /playground, unless only trusted documents are answered (default ${default})." group:"What is served"`
	Dashboard     *bool  `env:"GATEWAY_DASHBOARD" negatable:"" help:"Serve the dashboard at /dashboard, and answer its operations as trusted ones; left out: over the simulated Census only." group:"What is served"`

	Federation bool `env:"GATEWAY_FEDERATION" help:"Be a subgraph of Apollo Federation 2: answer _service and _entities." group:"What is served"`
	MCP        bool `name:"mcp" env:"GATEWAY_MCP" help:"Serve tools of the Model Context Protocol at /mcp: six of the gateway's own, and the trusted documents." group:"What is served"`

	PageCache   int64         `env:"GATEWAY_PAGE_CACHE" default:"${pageCache}" range:"0..1TiB" type:"bytes" placeholder:"BYTES" help:"Bytes of what was read of Census to keep in memory; 0: none (default an eighth of memory, 64MiB to 1GiB; here ${default})." group:"Memory" fixed:""`
	AnswerCache int64         `env:"GATEWAY_ANSWER_CACHE" default:"32MiB" range:"0..1TiB" type:"bytes" placeholder:"BYTES" help:"Bytes of whole answers to keep in memory for as long as what they were made from counts; 0: none (default ${default})." group:"Memory" fixed:""`
	Freshness   time.Duration `env:"GATEWAY_FRESHNESS" default:"5s" range:"0s..1h" help:"How long what may change is kept, up to 1h; 0s: not at all (default ${default})." group:"Memory" fixed:""`
	Stale       time.Duration `env:"GATEWAY_STALE" default:"1h" range:"0s..24h" help:"How long after its time what is kept is served while Census fails, marked as stale, up to 24h; 0s: not at all (default ${default})." group:"Memory" fixed:""`

	Timeout       time.Duration `name:"operation-timeout" env:"GATEWAY_OPERATION_TIMEOUT" default:"10s" range:"100ms..30s" help:"Time for one operation, 100ms to 30s (default ${default})." group:"Limits" fixed:""`
	MaxBody       int64         `env:"GATEWAY_MAX_BODY" default:"256KiB" range:"1..1GiB" type:"bytes" placeholder:"BYTES" help:"Bytes of a request's body (default ${default})." group:"Limits"`
	MaxDocument   int           `env:"GATEWAY_MAX_DOCUMENT" default:"64KiB" range:"1..1GiB" type:"bytes" placeholder:"BYTES" help:"Bytes of a document (default ${default})." group:"Limits"`
	MaxTokens     int           `env:"GATEWAY_MAX_TOKENS" default:"2000" range:"1..1073741824" help:"Tokens of a document (default ${default})." group:"Limits"`
	MaxDepth      int           `env:"GATEWAY_MAX_DEPTH" default:"12" range:"1..1073741824" help:"Depth of fields, introspection apart (default ${default})." group:"Limits"`
	MaxAliases    int           `env:"GATEWAY_MAX_ALIASES" default:"30" range:"1..1073741824" help:"Aliases in an operation (default ${default})." group:"Limits"`
	MaxRootFields int           `env:"GATEWAY_MAX_ROOT_FIELDS" default:"20" range:"1..1073741824" help:"Fields of the root (default ${default})." group:"Limits"`
	MaxDirectives int           `env:"GATEWAY_MAX_DIRECTIVES" default:"50" range:"1..1073741824" help:"Directives in an operation (default ${default})." group:"Limits"`
	MaxSelections int           `env:"GATEWAY_MAX_SELECTIONS" default:"10000" range:"1..1073741824" help:"Selections, fragments expanded (default ${default})." group:"Limits"`
	MaxPages      int           `env:"GATEWAY_MAX_PAGES" default:"1500" range:"1..1073741824" help:"Census pages an operation may cost (default ${default})." group:"Limits"`
	MaxSending    int64         `env:"GATEWAY_MAX_SENDING" default:"128MiB" range:"1MiB..1TiB" type:"bytes" placeholder:"BYTES" help:"Bytes of large answers in memory at once, those that are being made and those under way to their clients; further ones are refused (default ${default})." group:"Limits" fixed:""`
	MaxInFlight   int           `env:"GATEWAY_MAX_IN_FLIGHT" default:"256" range:"1..1073741824" help:"Operations at once; further ones wait a tenth of a second (default ${default})." group:"Limits"`
	Rate          float64       `env:"GATEWAY_RATE" default:"0" range:"0..1000000" help:"Requests a second of one caller, all who reach an open gateway being one; 0: any number (default)." group:"Limits"`
	Burst         int           `env:"GATEWAY_BURST" default:"20" range:"1..1073741824" help:"Requests of one caller at once, where there is a rate (default ${default})." group:"Limits"`

	HeaderTimeout  time.Duration `env:"GATEWAY_HEADER_TIMEOUT" default:"5s" range:"100ms..1h" help:"Time for the line and the headers of a request (default ${default})." group:"Connections" fixed:""`
	BodyTimeout    time.Duration `env:"GATEWAY_BODY_TIMEOUT" default:"15s" range:"100ms..1h" help:"Time for a whole request, from its first byte on (default ${default})." group:"Connections" fixed:""`
	AnswerTimeout  time.Duration `env:"GATEWAY_ANSWER_TIMEOUT" default:"30s" range:"100ms..1h" help:"Time to take an answer, beyond that of the operation (default ${default})." group:"Connections" fixed:""`
	IdleTimeout    time.Duration `env:"GATEWAY_IDLE_TIMEOUT" default:"75s" range:"100ms..1h" help:"Time between two requests of a connection; longer than a load balancer before the gateway keeps its own (default ${default})." group:"Connections" fixed:""`
	MaxHeader      int           `env:"GATEWAY_MAX_HEADER" default:"16KiB" range:"8KiB..1MiB" type:"bytes" placeholder:"BYTES" help:"Bytes of the line and the headers of a request, 8KiB to 1MiB (default ${default})." group:"Connections" fixed:""`
	MaxConnections int           `env:"GATEWAY_MAX_CONNECTIONS" default:"1024" range:"1..1073741824" help:"Connections at once; a further one takes the place of an idle one, or waits (default ${default})." group:"Connections" fixed:""`

	LameDuck time.Duration `env:"GATEWAY_LAME_DUCK" default:"0s" range:"0s..1m" help:"How long to go on once /readyz fails, for balancers to notice (default ${default})." group:"Connections" fixed:""`

	LogFormat string `env:"GATEWAY_LOG_FORMAT" default:"text" placeholder:"text|json" help:"Form of the log (default ${default})." group:"Log" fixed:""`
	LogLevel  string `env:"GATEWAY_LOG_LEVEL" default:"info" placeholder:"debug|info|warn|error" help:"From which level on (default ${default})." group:"Log"`
	Pprof     bool   `env:"GATEWAY_PPROF" help:"Serve /debug/pprof/ at the admin address." group:"Log" fixed:""`

	File        string  `name:"settings" env:"GATEWAY_SETTINGS" placeholder:"FILE" help:"File of further settings, NAME=value a line, by the names of the environment. Read again on SIGHUP, with all files it names." fixed:""`
	CheckConfig bool    `help:"Check and print the settings, try Census with them, and end: with status 1 if something is wrong."`
	NewKey      *string `placeholder:"NAME" help:"Make an API key, print its line for the key file on stdout and the key on stderr, and end."`
	Version     bool    `help:"Print the version, and end."`

	tokenNamed  bool // CENSUS_API_TOKEN is set, perhaps to nothing
	groupsNamed bool // the same of CENSUS_GROUPS
}

// Keyed tells whether callers must show an API key or a JWT.
func (s Settings) Keyed() bool {
	return s.APIKeys != "" || s.APIKeysFile != "" || s.JWTIssuer != ""
}

// ServesGraphiQL tells whether the page is served: it is of no use where only trusted
// documents are answered.
func (s Settings) ServesGraphiQL() bool { return s.GraphiQL && !s.OnlyTrusted }

// ServesDashboard tells whether the dashboard is served.
func (s Settings) ServesDashboard() bool {
	if s.Dashboard != nil {
		return *s.Dashboard
	}
	return s.Simulated()
}

// SimAPI is the version of the simulated Census's API, as its path names it.
func (s Settings) SimAPI() string {
	if s.SimVersion == "v2" {
		return "v2"
	}
	return "v1"
}

// Simulated tells whether a simulated Census is served.
func (s Settings) Simulated() bool { return s.Simulate || s.Token == "" && !s.PassThrough }
