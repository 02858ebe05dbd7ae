package census

// A Connection is a source or a destination of the workspace, which syncs name by its id (API
// reference, "List sources", "List destinations"). Census sends credentials, hosts and
// accounts with it; fields that are not named here are dropped while decoding.
type Connection struct {
	ID        int64
	Name      *string  // a source's label, or else Census's name for it; nil: it has no name
	Type      *string  // "snowflake", "salesforce", …
	GroupID   *string  // V2 only, and sources only
	CreatedAt DateTime // 0 if Census sends none, as in its description of 2023
}

// scan reads a connection. It skips unknown keys, credentials among them.
func (n *Connection) scan(s *reader) {
	var name, label *string
	for key, ok := s.Enter(); ok; key, ok = s.Member() {
		switch key {
		case "id":
			n.ID, _ = s.Integer()
		case "name":
			name = s.Nullable()
		case "label":
			label = s.Nullable()
		case "type":
			n.Type = s.Nullable()
		case "group_id":
			n.GroupID = s.Nullable()
		case "created_at":
			n.CreatedAt = s.dateTime()
		default:
			s.Skip()
		}
	}
	if n.Name = label; label == nil || *label == "" {
		n.Name = name
	}
}
