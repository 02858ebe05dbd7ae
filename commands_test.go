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
		t.Errorf("the commands are %q, but --help names %q", words, settings.Commands)
	}
}
