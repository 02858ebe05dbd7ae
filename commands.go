package main

import (
	"context"
	"io"
)

// commands are what the program does besides serving, by its first argument. Each
// has a file of its own and reads its own flags.
var commands = map[string]func(ctx context.Context, args []string, out, errOut io.Writer) error{
	"compare-v2":  compareV2,
	"export":      exportRuns,
	"healthcheck": healthcheck,
	"mcp":         mcpOverStdio,
}

// command is the command that args ask for, with its own arguments; nil where they ask
// to serve.
func command(args []string) func(ctx context.Context, out, errOut io.Writer) error {
	if len(args) == 0 || commands[args[0]] == nil {
		return nil
	}
	return func(ctx context.Context, out, errOut io.Writer) error {
		return commands[args[0]](ctx, args[1:], out, errOut)
	}
}
