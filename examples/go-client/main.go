// Command go-client prints the runs that failed since yesterday, with types that genqlient
// generates from failed.graphql:
//
//	go generate . && go run . http://127.0.0.1:8080/graphql
//
// GATEWAY_KEY is an API key, a JWT or, with pass-through, a Census token. If it is empty, no
// credentials are sent.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/Khan/genqlient/graphql"
)

//go:generate go tool genqlient genqlient.yaml

// authorized sends the key with each request.
type authorized struct{ key string }

func (a authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.key != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+a.key)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func main() {
	log.SetFlags(0)
	endpoint := "http://127.0.0.1:8080/graphql"
	if len(os.Args) > 1 {
		endpoint = os.Args[1]
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client := graphql.NewClient(endpoint, &http.Client{Transport: authorized{os.Getenv("GATEWAY_KEY")}})
	if err := failed(ctx, client, time.Now().AddDate(0, 0, -1)); err != nil {
		log.Fatal(err)
	}
}

// failed prints the runs that failed since a time, page by page. A cursor is a position between
// runs, so a run that fails meanwhile causes no repetition and no gap.
func failed(ctx context.Context, client graphql.Client, since time.Time) error {
	seen := 0
	for after := (*string)(nil); ; {
		page, err := Failed(ctx, client, since, 5, after)
		if err != nil {
			return err
		}
		for _, run := range page.SyncRuns.Nodes {
			fmt.Printf("%s  %-32s %s\n", run.CreatedAt.Local().Format(time.DateTime), or(run.ErrorCode, "without a code"), or(run.Sync.Label, "without a label"))
		}
		seen += len(page.SyncRuns.Nodes)
		if !page.SyncRuns.PageInfo.HasNextPage {
			fmt.Printf("%d runs failed since %s.\n", seen, since.Format(time.DateTime))
			return nil
		}
		after = page.SyncRuns.PageInfo.EndCursor
	}
}

func or(text *string, none string) string {
	if text == nil {
		return none
	}
	return *text
}
