package census

import (
	"encoding/json"
	"slices"

	"census-gateway/internal/coding"
)

// WriteRuns writes runs, packed, for other processes.
func WriteRuns(w *coding.Writer, runs []SyncRun) {
	p := PackRuns(runs)
	w.Int(int64(p.n))
	w.Text(p.packed)
	w.Int(int64(len(p.texts)))
	for _, s := range p.texts {
		w.Text(s)
	}
	w.Int(int64(len(p.reasons)))
	for _, r := range p.reasons {
		for _, s := range [...]*string{r.UITag, r.UIDetail} {
			n := -1
			if s != nil {
				n = slices.Index(p.texts, *s)
			}
			w.Int(int64(n))
		}
	}
}

// ReadRuns reads what WriteRuns wrote. It trusts the bytes inside of the packed runs, so the
// caller must have checked that they are those that were written.
func ReadRuns(r *coding.Reader) []SyncRun {
	p := packedRuns{n: r.Count(), packed: r.Text()}
	p.texts = make([]string, r.Count())
	for i := range p.texts {
		p.texts[i] = r.Text()
	}
	p.reasons = make([]SyncTriggerReason, r.Count())
	text := func() *string {
		n := r.Int()
		if n < 0 || n >= int64(len(p.texts)) {
			return nil
		}
		return &p.texts[n]
	}
	for i := range p.reasons {
		p.reasons[i] = SyncTriggerReason{UITag: text(), UIDetail: text()}
	}
	if r.Failed() || p.n > len(p.packed) {
		r.Fail()
		return nil
	}
	return p.Rows(0)
}

// Write writes a value, such as a list of syncs, for other processes.
func Write[T any](w *coding.Writer, value T) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // the types of this package have no cycles, channels or functions
	}
	w.Text(string(text))
}

// Read reads what Write wrote.
func Read[T any](r *coding.Reader) (value T) {
	if json.Unmarshal([]byte(r.Text()), &value) != nil {
		r.Fail()
	}
	return value
}
