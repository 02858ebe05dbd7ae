package settings

import (
	"fmt"
	"io"
	"reflect"
	"strings"
)

// Print writes the settings as a settings file, secrets hidden.
func (s Settings) Print(w io.Writer) {
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		env := f.Tag.Get("env")
		if env == "" {
			continue
		}
		value := fmt.Sprint(v.Field(i).Interface())
		if list, ok := v.Field(i).Interface().([]string); ok {
			value = strings.Join(list, ",")
		}
		if _, secret := f.Tag.Lookup("secret"); secret && value != "" {
			value = "(hidden)"
		}
		fmt.Fprintf(w, "%s=%s\n", env, value)
	}
}
