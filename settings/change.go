package settings

import (
	"fmt"
	"reflect"
)

// Changes returns an error if a fixed setting differs from start.
func (s Settings) Changes(start Settings) error {
	now, before := reflect.ValueOf(s), reflect.ValueOf(start)
	for i := range now.NumField() {
		f := now.Type().Field(i)
		if _, fixed := f.Tag.Lookup("fixed"); fixed && !now.Field(i).Equal(before.Field(i)) {
			return fmt.Errorf("%s cannot change while the gateway runs: restart the gateway", f.Tag.Get("env"))
		}
	}
	return nil
}
