package calls

import (
	"slices"
	"testing"

	"census-gateway/upstream/sim"
)

func TestFragmentsOfSecrets(t *testing.T) {
	for _, c := range []struct {
		secrets, want []string
	}{
		{[]string{"", "short", "fifteen letters"}, nil},
		{[]string{"sixteen letters!"}, []string{"sixteen letters!"}},
		{[]string{"no capital in it: 0123456789"}, []string{"n it: 0123456789"}},
		{[]string{"prefix:Abcdefghijklmnopq"}, []string{"Abcdefghijklmnop"}},
		{[]string{"a capital too near the End"}, []string{"too near the End"}},
		{[]string{"the same token twice", "the same token twice"}, []string{"same token twice"}},
	} {
		if got := fragmentsOf(c.secrets...); !slices.Equal(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func BenchmarkContainsToken(b *testing.B) {
	body := sim.New(sim.Options{}).Body("/syncs/52/sync_runs?order=desc&page=1&per_page=100")
	for name, token := range map[string]string{"capital": "secret-token:Zx3kq0v7w1m9r5t2y8u4", "none": "secret-token:zx3kq0v7w1m9r5t2y8u4"} {
		client := New(token, Options{})
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if client.fragments.in(body) {
					b.Fatal("found by chance")
				}
			}
		})
	}
}
