package observe

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

const canary = "cAnArY0123456789"

type holder struct {
	Inner *inner
}
type inner struct{ Header string }

func TestSecretsAreMasked(t *testing.T) {
	token := "secret-token:" + canary
	attrs := map[string]slog.Attr{
		"key authorization": slog.String("Authorization", canary),
		"key token":         slog.String("census_token", canary),
		"key api key":       slog.Any("X-Api-Key", []string{canary}),
		"key of a number":   slog.Int("password", 1),
		"group":             slog.Group("secrets", slog.String("a", canary), slog.Int("n", 3)),
		"nested":            slog.Group("req", slog.Group("headers", slog.String("cookie", canary))),
		"text":              slog.String("url", "https://x/?t="+token+"&u=1"),
		"escaped":           slog.String("url", "https://x/?t=secret-token%3A"+canary),
		"quoted":            slog.String("body", `{"token":"`+token+`"}`),
		"other case":        slog.String("s", "Secret-Token:"+canary),
		"error":             slog.Any("error", errors.New("refused "+token)),
		"bytes":             slog.Any("b", []byte(token)),
		"list":              slog.Any("list", []string{"a", token}),
		"map":               slog.Any("m", map[string]string{"x": token}),
		"behind pointers":   slog.Any("h", &holder{&inner{token}}),
		"bearer":            slog.String("h", "Bearer "+canary),
		"basic":             slog.String("h", "got basic "+canary+"=="),
		"jwt":               slog.String("h", "eyJhbGciOi."+canary+"."+canary),
		"user in url":       slog.String("u", "redis://user:"+canary+"@host:6379/0"),
		"e-mail":            slog.String("who", canary+"@example.com"),
		"value made lately": slog.Any("v", lazy(token)),
	}
	for name, attr := range attrs {
		for _, format := range []string{"json", "text"} {
			var buf bytes.Buffer
			log, err := NewLogger(&buf, format, "", nil)
			if err != nil {
				t.Fatal(err)
			}
			log.LogAttrs(context.Background(), slog.LevelInfo, "m", attr)
			log.With(attr).WithGroup("g").Info("m", "k", 1)
			if got := buf.String(); strings.Contains(got, canary) || !strings.Contains(got, "masked") {
				t.Errorf("%s as %s: %s", name, format, got)
			}
		}
	}
}

type lazy string

func (l lazy) LogValue() slog.Value { return slog.StringValue(string(l)) }

func TestMessagesAreMasked(t *testing.T) {
	var buf bytes.Buffer
	log, _ := NewLogger(&buf, "text", "", nil)
	log.Info("cannot use secret-token:" + canary)
	if strings.Contains(buf.String(), canary) {
		t.Error(buf.String())
	}
}

// A line has the id of its request if its context has one.
func TestLinesNameTheirRequest(t *testing.T) {
	type idKey struct{}
	for _, format := range []string{"text", "json"} {
		var buf bytes.Buffer
		log, _ := NewLogger(&buf, format, "", func(ctx context.Context) string {
			id, _ := ctx.Value(idKey{}).(string)
			return id
		})
		log.WarnContext(context.WithValue(t.Context(), idKey{}, "r-7"), "m")
		log.Warn("n")
		if strings.Count(buf.String(), "request_id") != 1 || !strings.Contains(buf.String(), "r-7") {
			t.Errorf("%s: %s", format, buf.String())
		}
	}
}

func TestHarmlessValuesStayAsTheyAre(t *testing.T) {
	var buf bytes.Buffer
	log, _ := NewLogger(&buf, "json", "debug", nil)
	log.Debug("m", "n", 1, "list", []string{"A", "B"}, "at", "12:30", "err", errors.New("basic failure"), "url", "https://x/y?z=1")
	got := (observed{log: &buf}).lines()[0]
	want := `{"level":"DEBUG","msg":"m","n":1,"list":["A","B"],"at":"12:30","err":"basic [masked]","url":"https://x/y?z=1"}`
	if got != strings.Replace(want, "basic [masked]", mask("basic failure"), 1) {
		t.Error(got)
	}
}

func TestLoggerChoices(t *testing.T) {
	for _, c := range []struct {
		format, level string
		ok            bool
	}{
		{"", "", true}, {"JSON", "INFO", true}, {"text", "error", true},
		{"xml", "", false}, {"json", "loud", false},
	} {
		if _, err := NewLogger(&bytes.Buffer{}, c.format, c.level, nil); (err == nil) != c.ok {
			t.Errorf("%q %q: %v", c.format, c.level, err)
		}
	}
}
