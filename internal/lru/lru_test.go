package lru

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A Cache behaves like a list whose oldest entries are cut off, in any order of Put, Get and
// Remove.
func TestLaws(t *testing.T) {
	type held struct {
		key         string
		value, cost int
	}
	rapid.Check(t, func(t *rapid.T) {
		const limit = 10
		c := New[int](limit)
		var list []held // the last used at the end
		remove := func(key string) (was held, ok bool) {
			i := slices.IndexFunc(list, func(h held) bool { return h.key == key })
			if i < 0 {
				return was, false
			}
			was = list[i]
			list = slices.Delete(list, i, i+1)
			return was, true
		}
		for n := range rapid.IntRange(1, 40).Draw(t, "steps") {
			key := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "key")
			switch rapid.SampledFrom([]string{"put", "put", "put", "get", "remove", "get", "clear"}).Draw(t, "step") {
			case "put":
				cost := rapid.IntRange(1, limit+2).Draw(t, "cost")
				c.Put(key, n, int64(cost))
				remove(key)
				if cost > limit {
					break
				}
				list = append(list, held{key, n, cost})
				for sum(list, func(h held) int { return h.cost }) > limit {
					list = list[1:]
				}
			case "remove":
				c.Remove(key)
				remove(key)
			case "clear":
				c.Clear()
				list = nil
			case "get":
				get := c.Get
				if n%2 == 0 {
					get = func(key string) (int, bool) { return c.GetBytes([]byte(key)) }
				}
				got, found := get(key)
				want, ok := remove(key)
				if ok {
					list = append(list, want)
				}
				if got != want.value || found != ok {
					t.Fatalf("%s is %d, %t; want %d, %t", key, got, found, want.value, ok)
				}
			}
			if c.Len() != len(list) || int(c.Used()) != sum(list, func(h held) int { return h.cost }) {
				t.Fatalf("%d values cost %d, want %v", c.Len(), c.Used(), list)
			}
		}
	})
}

func sum[T any](list []T, of func(T) int) (n int) {
	for _, x := range list {
		n += of(x)
	}
	return n
}
