// Package redis is what several gateways share, in Redis or Valkey.
//
// Redis never fails an answer and never delays one for long. Each use has a deadline of a few
// milliseconds, and two failures in a row end all uses (up.go) until Redis answers in time again.
// Meanwhile each gateway does what it does without Redis. Writes wait in a queue, which no answer
// waits for (store.go).
package redis
