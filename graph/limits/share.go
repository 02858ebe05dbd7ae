package limits

// A share is what the fields that share a part read of it.
type share struct {
	part  string
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

// shares are those of one object, each part once.
type shares []share

func (s *shares) add(more share) {
	for i := range *s {
		if was := &(*s)[i]; was.part == more.part {
			*was = share{more.part, max(was.most, more.most), add(was.sum, more.sum), add(was.items, more.items), max(was.per, more.per), max(was.reach, more.reach)}
			return
		}
	}
	*s = append(*s, more)
}

// take returns the share of a part, and has s be without it.
func (s shares) take(part string) (taken share) {
	for i := range s {
		if s[i].part == part {
			taken, s[i] = s[i], share{part: part}
		}
	}
	return taken
}

// pages returns what all of them cost.
func (s shares) pages() int {
	total := 0
	for _, share := range s {
		total = add(total, share.pages())
	}
	return total
}
