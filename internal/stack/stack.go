// Package stack makes room on the stacks of goroutines before they need it.
package stack

// deepStack is how deep, in bytes, the stack of a goroutine that calls Census grows.
const deepStack = 6 << 10

// Grow makes room on the stack of a goroutine that is about to call Census, and
// is called first in it. A goroutine begins with a stack of 2 or 4 KiB, and each time
// one is too small it is copied, frame by frame; where there are no frames yet, that
// costs nothing.
//
//go:noinline
func Grow() {
	var room [deepStack]byte
	touch(&room)
}

//go:noinline
func touch(room *[deepStack]byte) { room[0] = 1 }
