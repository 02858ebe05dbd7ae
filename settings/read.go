package settings

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"census-gateway/upstream/calls"
)

// Read reads the settings. An error is one line that names the setting. If the arguments
// contain --help, Read writes the help to out and returns done. With Version or NewKey,
// Read neither reads nor checks other settings.
func Read(args []string, out io.Writer) (s Settings, done bool, err error) {
	return ReadCommand(args, out, Command{Help: "Serves a GraphQL API over Census sync runs.\n\nCommands: " + Commands + ". See COMMAND --help."})
}

// Commands lists the commands that the program accepts as its first argument.
const Commands = "compare-v2, export, healthcheck, mcp"

// A Command describes a command of the program, or serving.
type Command struct {
	Name   string   // its name; "" for serving
	Help   string   // a description
	Groups []string // the groups of settings that --help lists; nil: all
	Flags  any      // nil, or a pointer to a struct with the command's own flags
}

// ReadCommand is Read for a command. The command accepts the flags of all settings and its own.
func ReadCommand(args []string, out io.Writer, c Command) (s Settings, done bool, err error) {
	opts := []kong.Option{
		kong.Name(strings.TrimSpace("census-gateway " + c.Name)),
		kong.Description(c.Help),
		kong.Vars{"baseURL": calls.DefaultBaseURL, "pageCache": formatBytes(defaultPageCache())},
		kong.Writers(out, out),
		kong.Exit(func(int) { done = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.ShortHelp(nil),
		kong.NamedMapper("bytes", kong.MapperFunc(readBytes)),
		kong.PostBuild(func(k *kong.Kong) error {
			for _, f := range k.Model.Flags {
				shown := c.Groups == nil || f.Name == "help" || f.Name == "settings" || f.Group != nil && slices.Contains(c.Groups, f.Group.Key)
				f.Hidden = f.Hidden || !shown
			}
			return nil
		}),
	}
	if c.Flags != nil {
		opts = append(opts, kong.Embed(c.Flags))
	}
	read := func(opts ...kong.Option) error {
		parser, err := kong.New(&s, opts...)
		if err == nil {
			_, err = parser.Parse(args)
			named := func(flag string) bool {
				return slices.ContainsFunc(parser.Model.Flags, func(f *kong.Flag) bool { return f.Name == flag && f.Set })
			}
			s.tokenNamed, s.groupsNamed = named("census-api-token"), named("census-groups")
		}
		if err != nil && strings.HasPrefix(err.Error(), "unexpected argument") {
			err = errors.New("unexpected argument: give settings as flags, and put the command first: " + Commands + "; see --help") // without the argument, which may be a secret
		}
		return withRange(err)
	}
	if err := read(opts...); err != nil || done {
		return s, done, err
	}
	if alone := s.Version || s.NewKey != nil; alone && c.Name == "" {
		return s, false, nil
	} else if c.Name != "" && (alone || s.CheckConfig) {
		return s, false, errors.New("--version, --new-key and --check-config do not work with a command: use them alone")
	}
	if s.File != "" {
		values, err := readFile(s.File)
		if err != nil {
			return s, false, err
		}
		name := s.File
		s = Settings{}
		err = read(append(opts, kong.Resolvers(kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, f *kong.Flag) (any, error) {
			for _, env := range f.Tag.Envs {
				_, nearer := os.LookupEnv(env)
				if v, ok := values[env]; ok && !nearer {
					return v, nil
				}
			}
			return nil, nil
		})))...)
		if err != nil {
			return s, false, fmt.Errorf("%s: %w", name, err)
		}
	}
	s.JWTAudience, s.CORSOrigins, s.Proxies, s.Hosts = words(s.JWTAudience), words(s.CORSOrigins), words(s.Proxies), words(s.Hosts)
	s.WebhookSecrets = words(s.WebhookSecrets)
	return s, false, s.check()
}

// words returns the values of a list, trimmed, without the empty ones.
func words(list []string) []string {
	var words []string
	for _, word := range list {
		if word = strings.TrimSpace(word); word != "" {
			words = append(words, word)
		}
	}
	return words
}
