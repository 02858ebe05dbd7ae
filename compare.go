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

// compareFlags are compare-v2's own.
type compareFlags struct {
	Token   string `name:"census-v2-token" env:"CENSUS_V2_TOKEN" placeholder:"TOKEN" help:"Personal access token for V2; better set by the environment." group:"Census"`
	BaseURL string `name:"census-v2-base-url" env:"CENSUS_V2_BASE_URL" placeholder:"URL" help:"V2 of the Census API; left out: CENSUS_BASE_URL with /v2 at its end." group:"Census"`
	Syncs   int    `default:"10" placeholder:"N" help:"Syncs whose newest runs are compared, 0 to 1000 (default ${default})." group:"Census"`
}

// compareV2 tells whether a gateway serves the same after the switch to V2. The error
// says why not.
func compareV2(ctx context.Context, args []string, out, _ io.Writer) error {
	var flags compareFlags
	s, done, err := settings.ReadCommand(args, out, settings.Command{Name: "compare-v2", Groups: []string{"Census"}, Flags: &flags,
		Help: "Reads syncs, runs and the shapes of records from V1, with CENSUS_API_TOKEN, and from V2, with CENSUS_V2_TOKEN, and tells what differs.\n\n" +
			"Ends with status 0 if the gateway would serve the same on V2 with these CENSUS_GROUPS."})
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
	fmt.Fprintln(out, "\nIt is safe to switch: the gateway would serve the same.")
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
		return opt, errors.New("CENSUS_API_TOKEN (--census-api-token) is missing: V1 is asked with it")
	case f.Token == "":
		return opt, errors.New("CENSUS_V2_TOKEN (--census-v2-token) is missing: V2 takes a personal access token")
	case calls.CheckToken(f.Token) != nil:
		return opt, fmt.Errorf("CENSUS_V2_TOKEN (--census-v2-token) must be a token: %w", calls.CheckToken(f.Token))
	case f.BaseURL == "":
		return opt, errors.New("CENSUS_BASE_URL must end with /v1, or CENSUS_V2_BASE_URL (--census-v2-base-url) name V2")
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
