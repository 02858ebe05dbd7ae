// Package redis shares data between several gateways through Redis or Valkey.
//
// A failure of Redis fails no answer and delays none for long. Each command has a deadline of a few
// milliseconds. After several failures, no command is sent until Redis answers in time again
// (up.go). Meanwhile each gateway works as without Redis. Writes wait in a queue; no answer waits
// for them (store.go).
package redis
