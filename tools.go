//go:build tools

// Package main records the tools that go generate runs.
package main

import _ "github.com/99designs/gqlgen/api"
