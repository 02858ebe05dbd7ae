package graph

import (
	"encoding/base64"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"census-gateway/upstream/paging"
)

func anyCursor() *rapid.Generator[cursor] {
	return rapid.Custom(func(t *rapid.T) cursor {
		return cursor{
			Position: paging.Position{
				CreatedAt: paging.Moment(rapid.Int64Range(0, 1<<42).Draw(t, "created")),
				ID:        rapid.Int64Range(1, 1<<62).Draw(t, "id"),
				Ordinal:   rapid.IntRange(0, 1<<31-1).Draw(t, "ordinal"),
			},
			label: rapid.StringN(0, 24, maxLabel).Draw(t, "label"),
		}
	})
}

func TestCursorComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCursor().Draw(t, "cursor")
		text := c.encode("runs/52/desc")
		got, err := parseCursor("after", &text, listSumOf([]byte("runs/52/desc")))
		if err != nil || got != c {
			t.Fatalf("%+v came back as %+v, %v", c, got, err)
		}
	})
}

// Invalid cursors and cursors of other lists are rejected, with the argument's name.
func TestCursorRefused(t *testing.T) {
	c := cursor{Position: paging.Position{CreatedAt: 1641588189069, ID: 94, Ordinal: 3}}
	good := c.encode("runs/52/desc")
	flipped := []byte(good)
	flipped[7] ^= 1
	for name, text := range map[string]string{
		"empty": "", "garbage": "garbage", "a number": "94", "base64 of nothing": "AQ", "NUL": "\x00",
		"another list's":         c.encode("runs/53/desc"),
		"the other order's":      c.encode("runs/52/asc"),
		"a flipped bit":          string(flipped),
		"cut short":              good[:len(good)-1],
		"longer":                 good + "A",
		"padded":                 good + "=",
		"id 0":                   cursor{Position: paging.Position{CreatedAt: 1}}.encode("runs/52/desc"),
		"a negative id":          cursor{Position: paging.Position{CreatedAt: 1, ID: -1}}.encode("runs/52/desc"),
		"an ordinal beyond 2^31": cursor{Position: paging.Position{CreatedAt: 1, ID: 1, Ordinal: 1 << 31}}.encode("runs/52/desc"),
		"another version":        base64.RawURLEncoding.EncodeToString([]byte("\x02abcdefgh")),
		"huge":                   strings.Repeat("A", 10_000),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseCursor("after", &text, listSumOf([]byte("runs/52/desc")))
			if err == nil || !strings.HasPrefix(err.Error(), "input: after is not a cursor of this list") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("", "runs/52/desc")
	f.Add(cursor{Position: paging.Position{CreatedAt: 1641588189069, ID: 94, Ordinal: 3}, label: "accounts"}.encode("x"), "x")
	f.Fuzz(func(t *testing.T, text, list string) {
		c, err := parseCursor("after", &text, listSumOf([]byte(list)))
		if err != nil {
			return
		}
		if c.ID <= 0 || c.Ordinal < 0 || c.CreatedAt < 0 || len(text) > maxCursor {
			t.Errorf("accepted %+v", c)
		}
		if again, err := parseCursor("after", new(c.encode(list)), listSumOf([]byte(list))); err != nil || again != c {
			t.Errorf("%+v came back as %+v, %v", c, again, err)
		}
	})
}

// encode returns the text of c.
func (c cursor) encode(list string) string { return string(c.append(nil, listSumOf([]byte(list)))) }
