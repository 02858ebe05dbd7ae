package main

import (
	"context"
	"io"
)

// commands maps the first argument to a command other than serving. Each command
// has its own file and its own flags.
var commands = map[string]func(ctx context.Context, args []string, out, errOut io.Writer) error{
	"compare-v2":  compareV2,
	"export":      exportRuns,
	"healthcheck": healthcheck,
	"mcp":         mcpOverStdio,
}

// command returns the command that args name, bound to its arguments. It returns nil if
// args name none: then the program serves.
func command(args []string) func(ctx context.Context, out, errOut io.Writer) error {
	if len(args) == 0 || commands[args[0]] == nil {
		return nil
	}
	return func(ctx context.Context, out, errOut io.Writer) error {
		return commands[args[0]](ctx, args[1:], out, errOut)
	}
}
