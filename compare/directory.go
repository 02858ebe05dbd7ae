package compare

// A directory finds the group and the activation of a V2 sync, in each way that V2 may name
// them.
type directory struct {
	sources      map[string]record
	activations  map[string]record
	destinations map[string]bool // ids of the destinations inside the activations
}

func newDirectory(sources, activations []record) directory {
	d := directory{map[string]record{}, map[string]record{}, map[string]bool{}}
	for _, s := range sources {
		d.sources[text(s["id"])] = s
	}
	for _, a := range activations {
		d.activations[text(a["id"])] = a
		d.destinations[text(at(a, "destination", "id"))] = true
	}
	return d
}

// activation returns the sync's activation; nil if it names no listed one.
func (d directory) activation(sync record) record {
	for _, id := range []any{sync["activation_id"], at(sync, "destination_attributes", "activation_id"), at(sync, "activation", "id"), at(sync, "destination_attributes", "connection_id")} {
		if a := d.activations[text(id)]; a != nil {
			return a
		}
	}
	return nil
}

// group returns the sync's group; "" if unknown.
func (d directory) group(sync record) string {
	for _, key := range []any{sync["group_id"], d.sources[text(at(sync, "source_attributes", "connection_id"))]["group_id"], d.activation(sync)["group_id"]} {
		if key := text(key); key != "" {
			return key
		}
	}
	return ""
}

// hasDestinationName reports whether the name of the sync's destination can be found.
func (d directory) hasDestinationName(sync record) bool {
	id := text(at(sync, "destination_attributes", "connection_id"))
	return d.activation(sync) != nil || d.destinations[id]
}
