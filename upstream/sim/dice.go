package sim

// dice is a pseudo-random generator that depends only on its seed (splitmix64).
type dice uint64

// dice returns a generator for a property of a sync, or for one of its runs, with the
// number thing. A run's number is its creation time relative to the anchor, so that a
// workspace looks the same whenever it is started.
func (c *Census) dice(sync, thing int64) *dice {
	d := dice(c.opt.Seed)
	d = dice(d.next() ^ uint64(sync)*0x9e3779b97f4a7c15)
	d = dice(d.next() ^ uint64(thing)*0xd1342543de82ef95)
	return &d
}

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// between returns a number from low to high, both included.
func (d *dice) between(low, high int64) int64 {
	return low + int64(d.next()%uint64(high-low+1))
}

// word returns n letters and digits.
func (d *dice) word(n int) string {
	const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[d.next()%uint64(len(alphabet))]
	}
	return string(b)
}

// pick returns one of the choices.
func pick[T any](d *dice, choices []T) T {
	return choices[d.next()%uint64(len(choices))]
}
