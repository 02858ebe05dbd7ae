package settings

import (
	"reflect"
	"slices"
	"strings"
)

// settingNames returns the names of settings in the environment.
func settingNames() map[string]bool {
	names := map[string]bool{}
	for i := range reflect.TypeFor[Settings]().NumField() {
		names[reflect.TypeFor[Settings]().Field(i).Tag.Get("env")] = true
	}
	delete(names, "")                                                  // of flags without a name in the environment
	names["CENSUS_V2_TOKEN"], names["CENSUS_V2_BASE_URL"] = true, true // of the command compare-v2
	return names
}

// looksLikeSetting reports whether name was probably meant as a setting.
func looksLikeSetting(name string) bool {
	return strings.HasPrefix(name, "GATEWAY_") || strings.HasPrefix(name, "CENSUS_")
}

// Misnamed returns the names in an environment that look like settings but are not. It
// ignores the variables that Kubernetes sets for each service, such as
// CENSUS_GATEWAY_SERVICE_HOST.
func Misnamed(environ []string) []string {
	var names []string
	known := settingNames()
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		set := strings.Contains(name, "_SERVICE_") || strings.Contains(name, "_PORT_") || strings.HasPrefix(value, "tcp://")
		if looksLikeSetting(name) && !known[name] && !set {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// flagOf returns the flag of the setting with this name.
func flagOf(env string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(env, "GATEWAY_"), "_", "-"))
}
