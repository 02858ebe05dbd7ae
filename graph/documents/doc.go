// Package documents stores GraphQL documents: documents registered by clients by hash (automatic
// persisted queries), documents approved by the operator (trusted documents), and parsed forms of
// recent documents.
package documents
