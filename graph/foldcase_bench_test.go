package graph

import "testing"

func BenchmarkFolded(b *testing.B) {
	for _, label := range []string{"Accounts to Salesforce", "Accounts → Salesforce", "Übersicht der Straßen"} {
		b.Run(label, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				foldCase(label)
			}
		})
	}
}
