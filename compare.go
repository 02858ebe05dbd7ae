package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"census-gateway/compare"
	"census-gateway/settings"
	"census-gateway/upstream/calls"
)

// compareFlags are the flags of the command compare-v2.
type compareFlags struct {
	Token   string `name:"census-v2-token" env:"CENSUS_V2_TOKEN" placeholder:"TOKEN" help:"Personal access token for V2. Set it in the environment, because other users of the machine can read arguments." group:"Census"`
	BaseURL string `name:"census-v2-base-url" env:"CENSUS_V2_BASE_URL" placeholder:"URL" help:"Base URL of V2 of the Census API (default: CENSUS_BASE_URL with /v2 instead of /v1)." group:"Census"`
	Syncs   int    `default:"10" placeholder:"N" help:"Syncs whose newest runs are compared, 0 to 1000 (default ${default})." group:"Census"`
}

// compareV2 compares the data that the gateway would serve on V1 and on V2. It returns an
// error with the reasons if they differ.
func compareV2(ctx context.Context, args []string, out, _ io.Writer) error {
	var flags compareFlags
	s, done, err := settings.ReadCommand(args, out, settings.Command{Name: "compare-v2", Groups: []string{"Census"}, Flags: &flags,
		Help: "Reads syncs, runs and the shapes of records from V1, with CENSUS_API_TOKEN, and from V2, with CENSUS_V2_TOKEN. Prints the differences.\n\n" +
			"Exits with status 0 if the gateway would serve the same data on V2 with these CENSUS_GROUPS."})
	if err != nil || done {
		return err
	}
	opt, err := flags.options(s)
	if err != nil {
		return fmt.Errorf("compare-v2: %w", err)
	}
	r, err := compare.Compare(ctx, opt)
	if err != nil {
		return fmt.Errorf("compare-v2: %w", err)
	}
	r.Write(out)
	if reasons := r.Safe(); len(reasons) > 0 {
		return errors.New("compare-v2: it is not safe to switch: " + strings.Join(reasons, "; "))
	}
	fmt.Fprintln(out, "\nIt is safe to switch: the gateway would serve the same data.")
	return nil
}

func (f compareFlags) options(s settings.Settings) (opt compare.Options, err error) {
	base := strings.TrimRight(s.BaseURL, "/")
	if prefix, is := strings.CutSuffix(base, "/v1"); is && f.BaseURL == "" {
		f.BaseURL = prefix + "/v2"
	}
	f.BaseURL = strings.TrimRight(f.BaseURL, "/")
	switch {
	case s.Token == "":
		return opt, errors.New("CENSUS_API_TOKEN (--census-api-token) is missing: set the token for V1")
	case f.Token == "":
		return opt, errors.New("CENSUS_V2_TOKEN (--census-v2-token) is missing: set a personal access token for V2")
	case calls.CheckToken(f.Token) != nil:
		return opt, fmt.Errorf("CENSUS_V2_TOKEN (--census-v2-token) must be a token: %w", calls.CheckToken(f.Token))
	case f.BaseURL == "":
		return opt, errors.New("CENSUS_BASE_URL does not end with /v1: set CENSUS_V2_BASE_URL (--census-v2-base-url) to the base URL of V2")
	case f.Syncs < 0 || f.Syncs > 1000:
		return opt, fmt.Errorf("--syncs must be from 0 to 1000, not %d", f.Syncs)
	}
	if err := s.CheckURL("CENSUS_V2_BASE_URL", f.BaseURL); err != nil {
		return opt, err
	}
	transport := calls.Transport(1)
	return compare.Options{
		V1:     compare.API{Base: base, Token: s.Token, Basic: s.Auth == "basic", Transport: transport},
		V2:     compare.API{Base: f.BaseURL, Token: f.Token, Transport: transport},
		Groups: s.GroupKeys(), Syncs: f.Syncs,
	}, nil
}
