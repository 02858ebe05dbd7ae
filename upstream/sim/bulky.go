package sim

import "fmt"

// bulkyJSON returns the part of a sync that makes it 8 KB and more (seen on the wire), and that a
// gateway must not keep: SQL, columns, mappings. Tests search for its canary words.
func (c *Census) bulkyJSON(s *syncState, v version) []byte {
	if s.bulkyJSON[v] != nil {
		return s.bulkyJSON[v]
	}
	d := c.dice(s.ID, -1)
	created := s.CreatedAt
	o := object{b: make([]byte, 0, c.opt.SyncBytes+2048), comma: true}
	for _, k := range [...]string{"lead_union_insert_to", "field_normalization", "field_order", "mirror_strategy"} {
		o.raw(k, "null")
	}
	o.str("field_behavior", "specific_properties")
	o.str("sync_behavior_family", "mapRecords")
	o.raw("advanced_configuration", `{"bulk_batch_size_override":null}`)
	o.str("resource_identifier", fmt.Sprintf("sync:sync-%d", s.ID))
	o.bool("instant_mode", s.Frequency == "continuous")
	o.raw("dbt_cloud_project_id", "null")
	o.raw("dbt_cloud_job_id", "null")
	o.bool("failed_run_notifications_enabled", true)
	o.bool("failed_record_notifications_enabled", false)
	o.int("failed_record_notifications_threshold_percent", 75)

	o.key("source_attributes")
	o.open()
	if v == v1 || !c.opt.V2.NoSourceID {
		o.int("connection_id", s.SourceID)
	}
	o.key("object")
	o.open()
	o.str("type", "model")
	o.int("source_object_id", 90_000+s.ID)
	o.int("id", 5_000+s.ID)
	o.str("name", fmt.Sprintf("model_%d", s.ID))
	o.time("created_at", created)
	o.time("updated_at", s.UpdatedAt)
	o.raw("description", "null")
	o.bool("approved", true)
	o.raw("dataset_id=", "null") // spelled so on the wire
	o.str("resource_identifier", fmt.Sprintf("model:model-%d", s.ID))
	o.str("query", fmt.Sprintf("SELECT /* sql_canary */ id, email, domain, \"Plan Tier\", score\n"+
		"FROM analytics.model_%d\nWHERE deleted_at IS NULL AND region <> '%s'\n", s.ID, d.word(6)))
	o.key("columns")
	o.b = append(o.b, '[')
	for i := range 24 {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = fmt.Appendf(o.b, `{"name":"column_canary_%02d","type":%q}`, i, pick(d, []string{"text", "number", "boolean", "datetime"}))
	}
	o.b, o.comma = append(o.b, ']'), true
	o.close()
	o.close()

	o.key("destination_attributes")
	o.open()
	if v == v1 {
		o.int("connection_id", s.DestinationID)
	} else {
		c.nameActivationInside(&o, s)
	}
	o.str("object", s.DestinationObject)
	o.raw("lead_union_insert_to", "null")
	o.close()

	alerts := s.Alerts
	if alerts == "" {
		alerts = fmt.Sprintf(`[{"id":%d,"type":"FailureAlertConfiguration","send_for":"first_time","should_send_recovery":true,"options":{}}]`, 700+s.ID)
	}
	o.raw("alert_attributes", alerts)
	o.raw("high_water_mark_attribute", "null")
	o.key("mappings")
	o.b = append(o.b, '[')
	for i := 0; i == 0 || len(o.b) < c.opt.SyncBytes-900; i++ {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		from := fmt.Sprintf(`{"type":"column","data":"column_canary_%02d"}`, i)
		if i%9 == 8 {
			from = `{"type":"constant_value","data":{"basic_type":"text","value":"census"}}`
		}
		o.b = fmt.Appendf(o.b, `{"from":%s,"to":"field_%s__c","position":%d,"is_primary_identifier":%t,"generate_field":false,`+
			`"preserve_values":false,"operation":null,"sync_null_values":true,"follow_source_type":true,"lookup_object":null,"lookup_field":null}`,
			from, d.word(8), i, i == 0)
	}
	o.b = append(o.b, ']')
	s.bulkyJSON[v] = o.b
	return o.b
}
