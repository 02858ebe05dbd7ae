package observe

// MetricNames returns the name of every metric that is the gateway's own, in
// the order in which docs/operations.md explains them. Those of the Go runtime
// (go_…) and of the process (process_…) come on top.
func MetricNames() []string {
	return []string{
		"census_gateway_operations_total",
		"census_gateway_operation_duration_seconds",
		"census_gateway_operations_in_flight",
		"census_gateway_census_calls_total",
		"census_gateway_census_call_duration_seconds",
		"census_gateway_census_retries_total",
		"census_gateway_page_cache_hits_total",
		"census_gateway_page_cache_misses_total",
		"census_gateway_page_cache_bytes",
		"census_gateway_page_cache_entries",
		"census_gateway_answer_cache_hits_total",
		"census_gateway_answer_cache_misses_total",
		"census_gateway_answer_cache_bytes",
		"census_gateway_answer_cache_entries",
		"census_gateway_limits_hit_total",
		"census_gateway_build_info",
	}
}
