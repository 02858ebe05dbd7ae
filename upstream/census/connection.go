package census

// A Connection is a source or a destination of the workspace, as syncs name them
// by its id (API reference, "List sources", "List destinations"). Census sends
// credentials, hosts and accounts with it; what is not named here is dropped while
// decoding.
type Connection struct {
	ID        int64
	Name      *string  // the label that somebody gave a source, else Census's name of it; nil: it has none
	Type      *string  // "snowflake", "salesforce", …
	GroupID   *string  // of V2, and of sources only
	CreatedAt DateTime // 0 where Census tells none, as in its description of 2023
}

// scan reads a connection; keys it does not know, credentials among them, are
// skipped.
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
