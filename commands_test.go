package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"census-gateway/settings"
)

// --help names every command.
func TestCommandsAreNamed(t *testing.T) {
	if words := strings.Join(slices.Sorted(maps.Keys(commands)), ", "); words != settings.Commands {
		t.Errorf("there are %q, --help names %q", words, settings.Commands)
	}
}
