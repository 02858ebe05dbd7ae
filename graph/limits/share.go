package limits

// A share is what the fields that share a part read of it.
type share struct {
	most  int // pages that the largest of them reads
	sum   int // pages of those that read it of different objects
	items int // that those yield which are lists
	per   int // items on a page; 0: there are no lists
	reach int // items that the one that looks furthest looks at
}

// pages returns what the part costs.
func (s share) pages() int {
	n := max(s.most, s.sum)
	if s.per > 0 {
		n = max(n, (s.items+s.per-1)/s.per)
	}
	return n
}

// shares are those of one object, by part.
type shares map[string]share

func (s *shares) add(part string, more share) {
	if *s == nil {
		*s = shares{}
	}
	was := (*s)[part]
	(*s)[part] = share{max(was.most, more.most), add(was.sum, more.sum), add(was.items, more.items), max(was.per, more.per), max(was.reach, more.reach)}
}

// pages returns what all of them cost.
func (s shares) pages() int {
	total := 0
	for _, share := range s {
		total = add(total, share.pages())
	}
	return total
}
