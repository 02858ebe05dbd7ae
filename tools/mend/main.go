// Command mend lets executors that gqlgen has generated leave when their context
// ends: as generated they wait for deferred parts without looking at one, and a
// part that never comes would keep a goroutine, and all it holds, for ever.
package main

import (
	"bytes"
	"log"
	"os"
)

const (
	wait = `
					result := <-ec.DeferredResults
`
	mended = `
					var result graphql.DeferredResult
					select {
					case result = <-ec.DeferredResults:
					case <-ctx.Done():
						return nil
					}
`
)

func main() {
	log.SetFlags(0)
	for _, name := range os.Args[1:] {
		text, err := os.ReadFile(name)
		if err != nil {
			log.Fatal(err)
		}
		if bytes.Count(text, []byte(wait)) == 0 {
			log.Fatalf("mend: %s does not wait for deferred parts as it used to", name)
		}
		text = bytes.ReplaceAll(text, []byte(wait), []byte(mended))
		if err := os.WriteFile(name, text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
