package observe

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// A secret in any field of any input appears in no output.
func TestNoOutputContainsSecrets(t *testing.T) {
	for _, secret := range []string{"secret-token:" + canary, "Bearer " + canary, canary + "@example.com", "eyJhbGciOi." + canary + ".x"} {
		s := newObserved(t, "json", "debug")
		op := Operation{
			RequestID: secret, Type: secret, Document: secret, Caller: secret, Client: secret, App: secret, AppVersion: secret,
			Refusal: Refusal{Reason: "jwt", Cause: errors.New(secret)},
		}
		ctx, end := s.StartOperation(background())
		ctx, endBatch := s.StartBatch(ctx, "syncs", 1)
		s.Call(ctx, readRuns())
		_, endCall := s.StartCall(ctx, "GET /syncs/{id}")
		endCall(Call{Outcome: "ok", Tries: 1})
		endBatch(errors.New(secret))
		s.Observer.log.Error("failed with "+secret, "error", fmt.Errorf("cause: %s", secret), "authorization", secret)
		end(op)
		Flush(s.Observer.log)

		spans, err := json.Marshal(s.spans.GetSpans())
		if err != nil {
			t.Fatal(err)
		}
		for what, text := range map[string]string{
			"log": s.log.String(), "metrics": s.exposition(), "spans": string(spans) + fmt.Sprintf("%+v", s.spans.GetSpans()),
		} {
			if text == "" || strings.Contains(text, canary) {
				t.Errorf("%s in the %s: %s", secret, what, text)
			}
		}
	}
}
