package sim

import (
	"net/http"
	"strconv"
	"time"
)

func (v V2) missing() reply {
	body := [...]string{`{"status":404}`, `{"status":"404"}`, ""}[v.Missing]
	return reply{http.StatusNotFound, []byte(body)}
}

// sendsNext reports whether lists of a version have the legacy next.
func (c *Census) sendsNext(v version) bool {
	return !c.opt.OmitNext && (v == v1 || c.opt.V2.LegacyNext || c.opt.NoPagination)
}

// nameActivation writes the key of the sync that names its activation, if the key is
// outside of destination_attributes.
func (c *Census) nameActivation(o *object, s *syncState) {
	if group := c.groupOf(s); c.opt.V2.SyncGroups {
		o.strOrNull("group_id", group)
	}
	id := activationID(s.SourceID, s.DestinationID)
	switch c.opt.V2.Naming {
	case NamedOnSync:
		o.str("activation_id", id)
	case NamedObject:
		o.key("activation")
		o.open()
		o.str("id", id)
		o.str("name", "connection_canary")
		o.close()
	}
}

// nameActivationInside writes the key of destination_attributes that names the activation.
func (c *Census) nameActivationInside(o *object, s *syncState) {
	switch id := activationID(s.SourceID, s.DestinationID); c.opt.V2.Naming {
	case NamedInside:
		o.str("activation_id", id)
	case NamedAsText:
		o.str("connection_id", id)
	case NamedByNumber:
		o.int("connection_id", s.DestinationID)
	}
}

// groupOf returns the group of the sync's source; "" if no source ever had its id.
func (c *Census) groupOf(s *syncState) string {
	if s.SourceID == deletedSource {
		return groups[0]
	}
	for _, p := range c.sources {
		if p.id == s.SourceID {
			return p.group
		}
	}
	return ""
}

// appendSourceV2 writes a source of V2: without V1's label, and with the group.
func appendSourceV2(b []byte, p connection, i int) []byte {
	o := object{b: b}
	o.open()
	o.int("id", p.id)
	o.str("group_id", p.group)
	o.str("name", p.name)
	o.str("type", p.kind)
	o.str("sync_engine", "advanced")
	o.time("created_at", time.Date(2023, 2, 15+i, 10, 0, 0, 0, time.UTC))
	o.bool("last_test_succeeded", true)
	o.str("last_tested_at", "2026-11-03T08:15:00.000Z")
	o.raw("connection_details", `{"account":"connection_canary","password":"connection_canary","name":"connection_canary","group_id":"connection_canary"}`)
	o.int("warehouse_writeback_retention_in_days", 7)
	o.close()
	return o.b
}

// activationID returns Census's id of the pair of a source and a destination, which is text.
func activationID(source, destination int64) string {
	return "act_" + strconv.FormatInt(source, 36) + "_" + strconv.FormatInt(destination, 36)
}
