// Package jsonscan reads JSON from front to back, once and without a tree.
//
// A Scanner is told what to expect, member by member, and passes over the rest. It takes
// the JSON grammar and nothing else, but reads values leniently: a number may stand in
// a string, and a value of a wrong type is null. It remembers the first error, so that
// only the end has to be asked for it. Plain is for whoever writes or looks for strings:
// it looks at eight bytes at once.
package jsonscan
