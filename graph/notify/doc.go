// Package notify posts changes of alerts to a webhook.
//
// A Sender follows the watcher (sender.go), gathers changes into messages (batches.go), writes them
// (message.go) and posts each until it is accepted or rejected (post.go). docs/alerts.md describes
// what a receiver gets.
package notify
