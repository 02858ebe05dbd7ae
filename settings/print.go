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
		value := written(f, v.Field(i))
		if _, secret := f.Tag.Lookup("secret"); secret && value != "" {
			value = "(hidden)"
		}
		fmt.Fprintf(w, "%s=%s\n", env, value)
	}
}

// written returns the value v of the setting f in the form of a settings file.
func written(f reflect.StructField, v reflect.Value) string {
	if list, ok := v.Interface().([]string); ok {
		return strings.Join(list, ",")
	}
	if f.Tag.Get("type") == "bytes" {
		return formatBytes(v.Int())
	}
	return fmt.Sprint(v)
}
