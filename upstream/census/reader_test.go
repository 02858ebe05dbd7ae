package census

import (
	"fmt"
	"strings"
	"testing"
)

func TestReaderReadsNothingAfterAnError(t *testing.T) {
	s := new(reader)
	s.Reset(`[} "2021-10-20T02:51:07.546Z"`)
	s.Skip()
	if status, raw := s.status(); s.count().Known || s.dateTime() != 0 || s.number() != nil || s.small() != nil || status != StatusUnknown || raw != "" {
		t.Error("something was read after an error")
	}
}

// The names remembered from one row never make the reader accept an invalid row, or misread a
// valid one.
func TestRowsUnlikeTheOneBefore(t *testing.T) {
	const good = `{"id":1,"status":"failed","sync_trigger_reason":{"ui_tag":"a","ui_detail":"b"},"error_code":"x"}`
	for row, want := range map[string]string{
		`{"id":2,"status":"failed","sync_trigger_reason":{"ui_tag":"a","ui_detail":"c"},"error_code":"x"}`:                "2 FAILED a c x",
		"{ \"id\" : 2 , \"status\" : \"skipped\",\n\"sync_trigger_reason\":{\"ui_detail\":\"d\"} , \"error_code\":\"y\"}": "2 SKIPPED - d y",
		`{"status":"queued","id":3}`:     "3 QUEUED - - -",
		`{"\u0069d":4,"error_code":"x"}`: "4 UNKNOWN - - x",
		`{}`:                             "0 UNKNOWN - - -",
		`{"id":2"status":"failed"}`:      "",
		`{"id":2,,"status":"failed"}`:    "",
		`{,"id":2}`:                      "",
		`{"id":2,}`:                      "",
		`{"id":2,"status":}`:             "",
		`{"id":2,"sync_trigger_reason":{,"ui_tag":"a"}}`: "",
	} {
		p, err := DecodePage[SyncRun](`{"data":[`+good+`,`+good+`,`+row+`]}`, 3)
		got := ""
		if err == nil {
			text := func(s *string) string {
				if s == nil {
					return "-"
				}
				return *s
			}
			r, reason := p.Rows[2], SyncTriggerReason{}
			if r.SyncTriggerReason != nil {
				reason = *r.SyncTriggerReason
			}
			got = strings.Join([]string{fmt.Sprint(r.ID), string(r.Status), text(reason.UITag), text(reason.UIDetail), text(r.ErrorCode)}, " ")
		}
		if got != want {
			t.Errorf("%s: %q %v, want %q", row, got, err, want)
		}
	}
}
