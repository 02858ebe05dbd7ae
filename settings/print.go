package settings

import (
	"fmt"
	"io"
	"reflect"
	"strings"
)

// Print writes the settings in the form of a settings file, with secrets hidden.
func (s Settings) Print(w io.Writer) {
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		env := f.Tag.Get("env")
		if env == "" {
			continue
		}
		value := formatValue(f, v.Field(i))
		if _, secret := f.Tag.Lookup("secret"); secret && value != "" {
			value = "(hidden)"
		}
		fmt.Fprintf(w, "%s=%s\n", env, value)
	}
}

// formatValue returns the value v of the setting f in the form of a settings file.
func formatValue(f reflect.StructField, v reflect.Value) string {
	if list, ok := v.Interface().([]string); ok {
		return strings.Join(list, ",")
	}
	if f.Tag.Get("type") == "bytes" {
		return formatBytes(v.Int())
	}
	return fmt.Sprint(v)
}
