// Package notify posts changes of alerts to a webhook.
//
// A Sender follows the watcher (sender.go), groups changes into messages (batches.go), formats them
// (message.go), and posts each message until it is accepted or rejected (post.go). docs/alerts.md
// describes the messages for receivers.
package notify
