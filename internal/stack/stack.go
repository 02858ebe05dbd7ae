// Package stack grows goroutine stacks before they need the room.
package stack

// deepStack is the stack size, in bytes, that a goroutine calling Census needs.
const deepStack = 6 << 10

// Grow grows the stack of a goroutine that is about to call Census. Call it first in the
// goroutine. A goroutine begins with a stack of 2 or 4 KiB, which is copied, frame by frame, each
// time it is too small. Growing costs nothing while there are no frames.
//
//go:noinline
func Grow() {
	var room [deepStack]byte
	touch(&room)
}

//go:noinline
func touch(room *[deepStack]byte) { room[0] = 1 }
