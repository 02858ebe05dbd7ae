package limits

// A share is the pages of one part that several fields share.
type share struct {
	part  string
	most  int // pages of the largest field
	sum   int // pages of fields that read the part of different objects
	items int // items of the fields that are lists
	per   int // items on a page; 0 if no field is a list
	reach int // items of the field that reaches furthest
}

// pages returns the cost of the part.
func (s share) pages() int {
	n := max(s.most, s.sum)
	if s.per > 0 {
		n = max(n, (s.items+s.per-1)/s.per)
	}
	return n
}

// shares holds the shares of one object, one for each part.
type shares []share

func (s *shares) add(more share) {
	for i := range *s {
		if was := &(*s)[i]; was.part == more.part {
			*was = share{more.part, max(was.most, more.most), sum(was.sum, more.sum), sum(was.items, more.items), max(was.per, more.per), max(was.reach, more.reach)}
			return
		}
	}
	*s = append(*s, more)
}

// take returns the share of a part and resets it in s.
func (s shares) take(part string) (taken share) {
	for i := range s {
		if s[i].part == part {
			taken, s[i] = s[i], share{part: part}
		}
	}
	return taken
}

// pages returns the cost of all parts.
func (s shares) pages() int {
	total := 0
	for _, share := range s {
		total = sum(total, share.pages())
	}
	return total
}
