package limits

// A partCost is the pages of one part that several fields share.
type partCost struct {
	part    string
	largest int // pages of the largest field
	sum     int // pages of fields that read the part of different objects
	items   int // items of the fields that are lists
	perPage int // items on a page; 0 if no field is a list
	reach   int // items of the field that reaches furthest
}

// pages returns the cost of the part.
func (s partCost) pages() int {
	n := max(s.largest, s.sum)
	if s.perPage > 0 {
		n = max(n, (s.items+s.perPage-1)/s.perPage)
	}
	return n
}

// partCosts holds the costs of one object, one for each part.
type partCosts []partCost

func (s *partCosts) add(more partCost) {
	for i := range *s {
		if was := &(*s)[i]; was.part == more.part {
			*was = partCost{more.part, max(was.largest, more.largest), sum(was.sum, more.sum), sum(was.items, more.items), max(was.perPage, more.perPage), max(was.reach, more.reach)}
			return
		}
	}
	*s = append(*s, more)
}

// remove returns the cost of a part and resets it in s.
func (s partCosts) remove(part string) (removed partCost) {
	for i := range s {
		if s[i].part == part {
			removed, s[i] = s[i], partCost{part: part}
		}
	}
	return removed
}

// pages returns the cost of all parts.
func (s partCosts) pages() int {
	total := 0
	for _, share := range s {
		total = sum(total, share.pages())
	}
	return total
}
