package sim

// appendSync writes the keys seen on the wire. The names of source, destination and last run
// are not among them.
func (c *Census) appendSync(b []byte, s *syncState, v version, now int64) []byte {
	day, hour, minute, cron := "null", int64(-1), int64(-1), ""
	switch s.Frequency {
	case "weekly":
		day, hour, minute = `"`+s.Day+`"`, int64(s.Hour), int64(s.Minute)
	case "daily":
		hour, minute = int64(s.Hour), int64(s.Minute)
	case "hourly":
		minute = int64(s.Minute)
	case "expression":
		cron = s.Cron
	}
	if s.RawSchedule {
		hour, minute, cron = int64(s.Hour), int64(s.Minute), s.Cron
		if day = "null"; s.Day != "" {
			day = string(appendString(nil, s.Day))
		}
	}
	o := object{b: b}
	o.open()
	o.int("id", s.ID)
	o.strOrNull("label", s.Label)
	o.strOrNull("schedule_frequency", s.Frequency)
	o.raw("schedule_day", day)
	o.intOr("schedule_hour", hour, -1)
	o.intOr("schedule_minute", minute, -1)
	o.strOrNull("cron_expression", cron)
	o.time("created_at", s.CreatedAt)
	o.time("updated_at", s.UpdatedAt)
	o.str("operation", s.Operation)
	o.bool("paused", s.Paused)
	o.str("status", c.syncStatus(s, now))
	o.b = append(o.b, c.bulkyJSON(s, v)...)
	o.key("mode")
	o.open()
	o.str("type", map[bool]string{false: "triggered", true: "live"}[s.Frequency == "continuous"])
	o.key("triggers")
	o.open()
	o.key("schedule")
	o.open()
	o.strOrNull("frequency", s.Frequency)
	o.raw("day", day)
	o.intOr("hour", hour, -1)
	o.intOr("minute", minute, -1)
	o.strOrNull("cron_expression", cron)
	o.close()
	if s.Triggers != "" {
		o.b = append(append(o.b, ','), s.Triggers...)
	}
	o.close()
	o.close()
	if v == v2 {
		c.nameActivation(&o, s)
	}
	o.raw("x_compute_pool", `"standard"`)
	o.close()
	return o.b
}

// syncStatus returns the status of the newest run that ended. Census reports paused beside the
// status.
func (c *Census) syncStatus(s *syncState, now int64) string {
	if s.Status != "" {
		return s.Status
	}
	for i := len(s.rows) - 1; i >= 0; i-- {
		switch run := c.runAt(s, &s.rows[i], now); {
		case run.Canceled:
		case run.Status == "failed":
			return "Failing"
		case run.Status == "completed":
			return "Up to Date"
		}
	}
	return "Ready"
}
