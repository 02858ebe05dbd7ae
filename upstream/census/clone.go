package census

import "strings"

// Clone copies a run with its texts. The texts are parts of the page that they were read from
// and would keep all of it in memory.
func (r *SyncRun) Clone() *SyncRun {
	c := *r
	c.RawStatus = strings.Clone(c.RawStatus)
	for _, w := range c.words() {
		*w = cloneText(*w)
	}
	if t := c.SyncTriggerReason; t != nil {
		c.SyncTriggerReason = &SyncTriggerReason{UITag: cloneText(t.UITag), UIDetail: cloneText(t.UIDetail)}
	}
	return &c
}

// CloneRuns copies runs, each with its texts.
func CloneRuns(runs []SyncRun) []SyncRun {
	clones := make([]SyncRun, len(runs))
	for i := range runs {
		clones[i] = *runs[i].Clone()
	}
	return clones
}

func cloneText(s *string) *string {
	if s == nil {
		return nil
	}
	c := strings.Clone(*s)
	return &c
}
