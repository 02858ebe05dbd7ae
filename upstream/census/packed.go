package census

import (
	"encoding/binary"
	"slices"
	"strings"
	"unsafe"
)

// packedRuns store runs that will not change again in about 40 bytes each, instead of 400,
// without loss. Each run is a word of flags and its values other than null, as varints. Flags,
// id and creation are stored as differences from the run before. The other times are
// differences from the creation, and each count is one from the count before. Texts are
// numbers in a list that all runs share.
type packedRuns struct {
	n       int
	packed  string
	texts   []string
	reasons []SyncTriggerReason
}

// The flags of a packed run. Each count has one, from hasCounts on.
const (
	isFull = 1 << iota
	isCanceled
	hasUpdatedAt
	hasCompletedAt
	hasScheduledTime
	hasErrorCode
	hasErrorMessage
	hasErrorDetail
	hasStep
	hasReason
	hasCounts
)

func (r *SyncRun) times() [3]*DateTime {
	return [...]*DateTime{&r.UpdatedAt, &r.CompletedAt, &r.ScheduledExecutionTime}
}

func (r *SyncRun) words() [4]**string {
	return [...]**string{&r.ErrorCode, &r.ErrorMessage, &r.ErrorDetail, &r.CurrentStep}
}

// counts returns the counts, in an order in which neighbors are often equal.
func (r *SyncRun) counts() [8]*Count {
	return [...]*Count{&r.RecordsInvalid, &r.SourceRecordInvalids, &r.RecordsFailed, &r.SourceRecordDeletes,
		&r.SourceRecordUpdates, &r.RecordsProcessed, &r.RecordsUpdated, &r.SourceRecordCount}
}

// Bytes returns the memory of p, in bytes.
func (p *packedRuns) Bytes() int {
	n := int(unsafe.Sizeof(*p)) + len(p.packed) + len(p.reasons)*int(unsafe.Sizeof(SyncTriggerReason{}))
	for _, s := range p.texts {
		n += int(unsafe.Sizeof(s)) + len(s)
	}
	return n
}

// PackRuns packs runs. It copies their texts, so as not to keep their page in memory.
func PackRuns(rows []SyncRun) *packedRuns {
	p := packer{b: make([]byte, 0, 64*len(rows)), numbers: make(map[string]int)}
	before := new(SyncRun)
	for i := range rows {
		p.run(&rows[i], before)
		before = &rows[i]
	}
	return &packedRuns{n: len(rows), packed: string(p.b), texts: slices.Clip(p.texts), reasons: p.reasons()}
}

// A packer packs runs one after the other.
type packer struct {
	b       []byte
	texts   []string
	numbers map[string]int // of texts
	places  [][2]int       // reasons, by the numbers of their two texts; -1: null
	flags   uint64         // of the run before
}

func (p *packer) run(r, before *SyncRun) {
	var flags uint64
	flag := func(on bool, bit uint64) {
		if on {
			flags |= bit
		}
	}
	flag(r.FullSync, isFull)
	flag(r.Canceled, isCanceled)
	for i, t := range r.times() {
		flag(*t != 0, hasUpdatedAt<<i)
	}
	for i, w := range r.words() {
		flag(*w != nil, hasErrorCode<<i)
	}
	flag(r.SyncTriggerReason != nil, hasReason)
	for i, c := range r.counts() {
		flag(c.Known, hasCounts<<i)
	}
	p.unsigned(flags ^ p.flags)
	p.flags = flags
	p.signed(int64(r.ID - before.ID))
	p.signed(int64(r.SyncID - before.SyncID))
	p.signed(int64(r.CreatedAt - before.CreatedAt))
	p.unsigned(p.textIndex(string(r.Status)))
	p.unsigned(p.textIndex(r.RawStatus))
	for _, t := range r.times() {
		if *t != 0 {
			p.signed(int64(*t - r.CreatedAt))
		}
	}
	for _, w := range r.words() {
		if *w != nil {
			p.unsigned(p.textIndex(**w))
		}
	}
	if r.SyncTriggerReason != nil {
		p.unsigned(p.reasonIndex(r.SyncTriggerReason))
	}
	var last int64
	for _, c := range r.counts() {
		if c.Known {
			p.signed(c.N - last)
			last = c.N
		}
	}
}

func (p *packer) unsigned(n uint64) { p.b = binary.AppendUvarint(p.b, n) }

func (p *packer) signed(n int64) { p.b = binary.AppendVarint(p.b, n) }

// textIndex returns the number of a text. It copies the text, so as not to keep its page in
// memory.
func (p *packer) textIndex(s string) uint64 {
	n, ok := p.numbers[s]
	if !ok {
		n, s = len(p.texts), strings.Clone(s)
		p.texts, p.numbers[s] = append(p.texts, s), n
	}
	return uint64(n)
}

func (p *packer) reasonIndex(r *SyncTriggerReason) uint64 {
	key := [2]int{-1, -1}
	for i, s := range [...]*string{r.UITag, r.UIDetail} {
		if s != nil {
			key[i] = int(p.textIndex(*s))
		}
	}
	if n := slices.Index(p.places, key); n >= 0 {
		return uint64(n)
	}
	p.places = append(p.places, key)
	return uint64(len(p.places) - 1)
}

// reasons returns the reasons that were given places.
func (p *packer) reasons() []SyncTriggerReason {
	reasons := make([]SyncTriggerReason, len(p.places))
	text := func(n int) *string {
		if n < 0 {
			return nil
		}
		return &p.texts[n]
	}
	for i, key := range p.places {
		reasons[i] = SyncTriggerReason{UITag: text(key[0]), UIDetail: text(key[1])}
	}
	return reasons
}
