package census

// Rows unpacks the runs, with room for more behind them. Their texts are shared with p, so
// callers must not write to them.
func (p *packedRuns) Rows(more int) []SyncRun {
	rows := make([]SyncRun, p.n, p.n+more)
	u := unpacker{b: p.packed}
	before := new(SyncRun)
	for i := range rows {
		u.run(p, &rows[i], before)
		before = &rows[i]
	}
	return rows
}

// An unpacker reads what a packer wrote.
type unpacker struct {
	b     string
	at    int
	flags uint64
}

func (u *unpacker) run(p *packedRuns, r, before *SyncRun) {
	u.flags ^= u.unsigned()
	flags := u.flags
	r.FullSync, r.Canceled = flags&isFull != 0, flags&isCanceled != 0
	r.ID = before.ID + SyncRunID(u.signed())
	r.SyncID = before.SyncID + SyncID(u.signed())
	r.CreatedAt = before.CreatedAt + DateTime(u.signed())
	r.Status = SyncRunStatus(p.texts[u.unsigned()])
	r.RawStatus = p.texts[u.unsigned()]
	for i, t := range r.times() {
		if flags&(hasUpdatedAt<<i) != 0 {
			*t = r.CreatedAt + DateTime(u.signed())
		}
	}
	for i, w := range r.words() {
		if flags&(hasErrorCode<<i) != 0 {
			*w = &p.texts[u.unsigned()]
		}
	}
	if flags&hasReason != 0 {
		r.SyncTriggerReason = &p.reasons[u.unsigned()]
	}
	var last int64
	for i, c := range r.counts() {
		if flags&(hasCounts<<i) != 0 {
			last += u.signed()
			*c = Count{N: last, Known: true}
		}
	}
}

func (u *unpacker) unsigned() uint64 {
	c := u.b[u.at]
	u.at++
	if c < 0x80 {
		return uint64(c)
	}
	return u.rest(uint64(c & 0x7f))
}

// rest reads the further bytes of a number whose first byte held low.
func (u *unpacker) rest(low uint64) uint64 {
	for shift := 7; ; shift += 7 {
		c := u.b[u.at]
		u.at++
		low |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return low
		}
	}
}

func (u *unpacker) signed() int64 {
	n := u.unsigned()
	return int64(n>>1) ^ -int64(n&1)
}
