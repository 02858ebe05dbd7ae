// Package jsonscan reads JSON from front to back, in one pass and without building a tree.
//
// The caller of a Scanner asks for the members it expects and skips the rest. A Scanner accepts
// the JSON grammar and nothing else, but reads values leniently: a number may be in a string, and
// a value of the wrong type is null. It remembers the first error, so callers check for an error
// once, at the end. Plain helps code that writes or searches strings: it looks at eight bytes at
// once.
package jsonscan
