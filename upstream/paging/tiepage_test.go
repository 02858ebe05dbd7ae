package paging

import (
	"testing"

	"pgregory.net/rapid"
)

// The page that is read to see all of a tie shows all of it, if one page can.
func TestTiePage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(2, 2000).Draw(t, "rows")
		from := rapid.IntRange(0, total-2).Draw(t, "from")
		k := tie{from: from, to: min(total, from+rapid.IntRange(2, 120).Draw(t, "ties"))}
		v := NewView((*row).place, false)
		v.total = total
		r := v.tiePage(k, 100)
		lo, hi := r.K*r.Size, (r.K+1)*r.Size
		if r.Head > 0 {
			lo, hi = total-r.Head, total
		}
		if r.PerPage() > maxPage || r.PerPage() < 1 {
			t.Fatalf("a page of %d", r.PerPage())
		}
		fits := false
		for per := k.to - k.from; per <= maxPage; per++ {
			fits = fits || k.from/per == (k.to-1)/per
		}
		if whole := lo <= k.from && hi >= k.to; fits && !whole || lo >= k.to || hi <= k.from {
			t.Fatalf("%+v of %d: %s of %d, %d to %d", k, total, r, r.PerPage(), lo, hi)
		}
	})
}
