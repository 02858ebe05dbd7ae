package edge

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	caller := Caller{ID: "token:abc", Token: newSecret(canary)}
	hidden := struct {
		caller Caller // fmt cannot call methods on unexported fields
		token  Secret
		p      *Secret
	}{caller, caller.Token, &caller.Token}
	var out bytes.Buffer
	for _, v := range []any{caller, &caller, caller.Token, &caller.Token, hidden, &hidden, []any{caller, caller.Token},
		map[string]any{"c": caller, "t": caller.Token}, fmt.Errorf("%w: %v", errors.New("x"), caller.Token)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		if text, err := json.Marshal(v); err == nil {
			out.Write(text)
		}
		if text, err := xml.Marshal(v); err == nil {
			out.Write(text)
		}
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).Info("who", "v", v, slog.Group("g", "v", v))
		}
	}
	for _, leak := range []string{canary, "CANARY", fmt.Sprintf("%x", canary), fmt.Sprintf("%X", "CANARY")} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q was printed:\n%s", leak, out.String())
		}
	}
	if caller.Token.GoString() != mask || caller.String() != "token:abc" {
		t.Error("called directly:", caller.Token.GoString(), caller.String())
	}
	if caller.Token.Reveal() != canary {
		t.Error("Reveal does not return the text")
	}
	if !newSecret("").IsZero() || newSecret("").String() != "" || (Secret{}).Reveal() != "" {
		t.Error("the empty Secret is not empty")
	}
}

func TestCallerFrom(t *testing.T) {
	if _, ok := CallerFrom(context.Background()); ok {
		t.Error("a caller outside of a request")
	}
	ctx := withCaller(context.Background(), Caller{ID: "key:ci"})
	if c, ok := CallerFrom(ctx); !ok || c.ID != "key:ci" || fmt.Sprintf("%v|%q|%#v", c, c, c) != `key:ci|"key:ci"|edge.Caller{ID: "key:ci"}` {
		t.Errorf("got %v %v", c, ok)
	}
}
