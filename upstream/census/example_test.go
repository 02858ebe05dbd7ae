package census

import "fmt"

// A page of a sync's runs, as Census sends it, with a run that lost records.
func ExampleDecodePage() {
	page, err := DecodePage[SyncRun](`{
		"status": "success",
		"data": [{
			"id": 94, "sync_id": 52, "status": "completed", "created_at": "2021-10-20T02:51:07.546Z",
			"completed_at": "2021-10-20T02:52:29.234Z", "records_processed": 14, "records_failed": 3, "records_updated": "11"
		}],
		"pagination": {"total_records": 1234, "per_page": 100}
	}`, 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	run := page.Rows[0]
	fmt.Printf("%d of %d runs\n", len(page.Rows), page.Total)
	fmt.Printf("run %d, %s: %s in %g s, %d of %d records\n", run.ID, run.CreatedAt, run.Outcome(), *run.DurationSeconds(), run.RecordsUpdated.N, run.RecordsProcessed.N)
	// Output:
	// 1 of 1234 runs
	// run 94, 2021-10-20T02:51:07.546Z: PARTIAL in 81.688 s, 11 of 14 records
}
