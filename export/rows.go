package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// fields are the fields requested of each run, in the order of the columns.
const fields = `id databaseId syncId status rawStatus outcome createdAt updatedAt completedAt scheduledExecutionTime durationSeconds
scheduleDelaySeconds fullSync dryRun canceled errorCode errorMessage errorDetail sourceRecordCount sourceRecordUpdates
sourceRecordDeletes sourceRecordInvalids recordsProcessed recordsUpdated recordsFailed syncTriggerReason { uiTag uiDetail }`

// columns are the columns of CSV. The column of a nested field is its path, joined with
// underscores.
var columns = strings.Fields(strings.Replace(fields, "syncTriggerReason { uiTag uiDetail }", "syncTriggerReason_uiTag syncTriggerReason_uiDetail", 1))

// A run is what the export must know about one run.
type run struct {
	ID          string
	Outcome     string
	CreatedAt   time.Time
	UpdatedAt   *time.Time
	CompletedAt *time.Time
}

func readRun(node json.RawMessage) (r run, err error) {
	if err := json.Unmarshal(node, &r); err != nil || r.ID == "" {
		return r, fmt.Errorf("the answer contains an invalid run: %s: %v", node, err)
	}
	return r, nil
}

// settled reports whether the run can no longer change.
func (r run) settled(now time.Time) bool {
	if r.Outcome == "IN_PROGRESS" {
		return false
	}
	updated, wait := r.CreatedAt, settleTime
	for _, t := range []*time.Time{r.UpdatedAt, r.CompletedAt} {
		if t != nil && t.After(updated) && !t.After(now) {
			updated = *t
		}
	}
	if r.Outcome == "UNKNOWN" {
		wait = settleTimeUnknown
	}
	return now.Sub(updated) >= wait
}

func writeHeader(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write(columns)
	c.Flush()
	return c.Error()
}

// writeRow writes a run as one line of JSON or CSV. In CSV null is empty.
func writeRow(w io.Writer, format string, node json.RawMessage) error {
	if format == "ndjson" {
		var line bytes.Buffer
		if err := json.Compact(&line, node); err != nil {
			return err
		}
		line.WriteByte('\n')
		_, err := w.Write(line.Bytes())
		return err
	}
	values := map[string]string{}
	if err := flatten(values, "", node); err != nil {
		return err
	}
	row := make([]string, len(columns))
	for i, column := range columns {
		row[i] = values[column]
	}
	c := csv.NewWriter(w)
	c.Write(row)
	c.Flush()
	return c.Error()
}

// flatten stores the leaves of an object in values.
func flatten(values map[string]string, prefix string, node json.RawMessage) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(node, &object); err != nil {
		return err
	}
	for name, value := range object {
		switch value[0] {
		case '{':
			if err := flatten(values, prefix+name+"_", value); err != nil {
				return err
			}
		case '"':
			var text string
			if err := json.Unmarshal(value, &text); err != nil {
				return err
			}
			values[prefix+name] = text
		case 'n':
		default:
			values[prefix+name] = string(value)
		}
	}
	return nil
}
